import { describe, expect, it, vi } from 'vitest'
import type { TransferItemView } from '$backend/bindings'
import { createMock } from '$backend/mock'
import { JobItems, pageSize, refreshPause } from './items.svelte'

const count = 100_000

/** A job of a hundred thousand objects, of which so many are done. */
function large(done = { items: 0 }) {
  const backend = createMock({ pace: 0, transfers: false })
  const read = vi.spyOn(backend, 'transferItems').mockImplementation((_, which, after, most) => {
    const page: TransferItemView[] = []
    for (let number = after + 1; number <= count && page.length < most; number += 1) {
      const standing = number <= done.items ? 'done' : 'waiting'
      if (which === null || which === standing) page.push({ number, name: `k/${number}`, size: 1, standing })
    }
    return Promise.resolve(page)
  })
  return { items: new JobItems(backend, 1), read }
}

describe('the objects of a transfer', () => {
  it('are read in pages, only as far as somebody looks', async () => {
    const { items, read } = large()
    await items.show(0, 0)
    expect([items.count, items.at(0)?.name, items.complete]).toEqual([pageSize, 'k/1', false])
    await items.show(0, 20)
    expect(read).toHaveBeenCalledTimes(1)
    await items.show(pageSize - 20, pageSize)
    expect([items.count, items.at(pageSize)?.name]).toEqual([2 * pageSize, `k/${pageSize + 1}`])
    expect(items.at(2 * pageSize)).toBeNull()
  })

  it('are read again where one looks, once a while, when the job moves', async () => {
    vi.useFakeTimers()
    const done = { items: 0 }
    const { items, read } = large(done)
    await items.show(0, 0)
    await items.show(pageSize - 1, pageSize)
    read.mockClear()
    await items.show(pageSize + 10, pageSize + 20)
    done.items = pageSize + 15
    for (let tick = 0; tick < 4; tick += 1) items.moved()
    await vi.advanceTimersByTimeAsync(refreshPause)
    expect(read).toHaveBeenCalledExactlyOnceWith(1, null, pageSize, pageSize)
    expect([items.at(pageSize + 14)?.standing, items.at(pageSize + 15)?.standing]).toEqual(['done', 'waiting'])
    items.moved()
    items.stop()
    await vi.advanceTimersByTimeAsync(2 * refreshPause)
    expect(read).toHaveBeenCalledTimes(1)
    vi.useRealTimers()
  })

  it('can be narrowed to one standing, and end where there are no more', async () => {
    const { items } = large({ items: 3 })
    await items.show(0, 0)
    await items.filter('done')
    expect([items.count, items.complete]).toEqual([3, true])
    await items.filter(null)
    expect(items.count).toBe(pageSize)
  })

  it('say why they cannot be read', async () => {
    const items = new JobItems(createMock({ pace: 0, transfers: false }), 404)
    await items.show(0, 0)
    expect(items.error?.code).toBe('notFound')
  })
})
