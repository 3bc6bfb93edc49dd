import { expect, test } from 'vitest'
import { asIpcError, nextStep } from './errors'

const failed = asIpcError(new Error('broken'))

test('what was shown too long ago can be looked at again, though not tried again', () => {
  expect(nextStep({ ...failed, code: 'stalePlan' })).toBe('look')
})

test('only what may work the next time can be tried again', () => {
  expect(nextStep(failed)).toBeNull()
  expect(nextStep({ ...failed, code: 'timeout', retryable: true })).toBe('try')
})
