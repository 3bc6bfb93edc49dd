import { expect, test } from 'vitest'
import { Lanes } from './lanes'

test('never more than the width run at once, and all run', async () => {
  const lanes = new Lanes(4)
  let running = 0
  let most = 0
  const works = Array.from({ length: 20 }, (_, index) =>
    lanes.run(async () => {
      most = Math.max(most, ++running)
      await Promise.resolve()
      running -= 1
      return index
    }),
  )
  expect(await Promise.all(works)).toEqual(Array.from({ length: 20 }, (_, index) => index))
  expect(most).toBe(4)
})

test('a work that fails gives its lane back', async () => {
  const lanes = new Lanes(1)
  await expect(lanes.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await lanes.run(() => Promise.resolve('yes'))).toBe('yes')
})
