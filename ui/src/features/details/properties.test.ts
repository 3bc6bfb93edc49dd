import { describe, expect, it } from 'vitest'
import type { Target } from '$backend/bindings'
import { createMock } from '$backend/mock'
import { Properties } from './properties.svelte'

const bucket = (name: string): Target => ({ kind: 'bucket', accountId: 'research', bucket: name })

describe('properties', () => {
  it('shows the groups of a bucket', async () => {
    const properties = new Properties(createMock({ pace: 0, transfers: false }))
    await properties.load(bucket('press-kit'))
    expect(properties.view?.title).toBe('press-kit')
    expect(properties.view?.groups.map((group) => group.title)).toContain('Contents')
    expect(properties.loading).toBe(false)
  })

  it('drops the answer for a target that was left', async () => {
    const properties = new Properties(createMock({ pace: 0, transfers: false }))
    await Promise.all([properties.load(bucket('press-kit')), properties.load(bucket('cdn-assets'))])
    expect(properties.view?.title).toBe('cdn-assets')
  })

  it('shows a refusal in place of old properties', async () => {
    const properties = new Properties(createMock({ pace: 0, transfers: false }))
    await properties.load(bucket('press-kit'))
    await properties.load(bucket('partner-drop'))
    expect(properties.view).toBeNull()
    expect(properties.error?.code).toBe('accessDenied')
  })

  it('is empty without a target', async () => {
    const properties = new Properties(createMock({ pace: 0, transfers: false }))
    await properties.load(null)
    expect([properties.view, properties.loading]).toEqual([null, false])
  })
})
