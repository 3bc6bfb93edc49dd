import { describe, expect, it, vi } from 'vitest'
import type { EventView } from '$backend/bindings'
import { createMock } from '$backend/mock'
import { Events, eventText, isFailed, mostEvents } from './events.svelte'

const event = (sequence: number, more: Partial<EventView> = {}): EventView => ({
  sequence,
  at: 1_795_348_871_000,
  account: 'Research cloud',
  operation: 'ListObjectsV2',
  method: 'GET',
  target: '/field-photos/2026/',
  status: 200,
  durationMs: 84,
  requestId: `tx${sequence}`,
  bytesSent: 0,
  bytesReceived: 900,
  error: null,
  ...more,
})
const log = () => new Events(createMock({ pace: 0, transfers: false }))

describe('the event log', () => {
  it('shows the newest first and takes no event twice', () => {
    const events = log()
    events.take([event(1), event(2)])
    events.take([event(2), event(3)])
    expect(events.all.map((one) => one.sequence)).toEqual([3, 2, 1])
  })

  it('keeps a bounded number', () => {
    const events = log()
    events.take(Array.from({ length: mostEvents + 10 }, (_, index) => event(index + 1)))
    expect(events.all).toHaveLength(mostEvents)
    expect(events.all[0]?.sequence).toBe(mostEvents + 10)
  })

  it('filters by every word, and by failure', () => {
    const events = log()
    events.take([event(1), event(2, { target: '/press-kit/a.jpg', status: 403 }), event(3, { status: null })])
    events.text = 'press 403'
    expect(events.shown.map((one) => one.sequence)).toEqual([2])
    events.showAll()
    events.failedOnly = true
    expect(events.shown.map((one) => one.sequence)).toEqual([3, 2])
  })

  it('calls a request without an answer failed', () => {
    expect(isFailed(event(1, { status: null }))).toBe(true)
    expect(isFailed(event(1, { status: 304 }))).toBe(false)
  })

  it('hears what happens, and stops hearing it', async () => {
    const backend = createMock({ pace: 0, transfers: false })
    const events = new Events(backend)
    const stop = events.follow()
    await backend.listBuckets('research')
    await vi.waitFor(() => expect(events.all).toHaveLength(1), { timeout: 10_000 })
    stop()
    await backend.listBuckets('research')
    expect(events.all).toHaveLength(1)
  })

  it('is empty after clearing', async () => {
    const events = log()
    events.take([event(1)])
    events.opened = 1
    await events.clear()
    expect([events.all.length, events.openedEvent]).toEqual([0, null])
  })

  it('writes one line for a report', () => {
    expect(eventText(event(7, { error: 'AccessDenied', status: 403 }))).toContain('403  84 ms  tx7  AccessDenied')
  })
})
