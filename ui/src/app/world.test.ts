import { expect, test, vi } from 'vitest'
import type { JobView, TransferBatch } from '$backend/backend'
import { Buckets } from '$features/buckets/buckets.svelte'
import { Transfers } from '$features/transfers/transfers.svelte'
import { createMock } from '$backend/mock'
import { Session } from '$session/session.svelte'
import { followTransfers, takeUp } from './world.svelte'

test('a transfer that fails says so, whatever is on the screen', async () => {
  const backend = createMock({ pace: 0 })
  let send: (batch: TransferBatch) => void = () => undefined
  const full = new Promise<TransferBatch>((resolve) => void backend.watchTransfers(resolve).then((stop) => stop()))
  vi.spyOn(backend, 'watchTransfers').mockImplementation((batch) => {
    send = batch
    return Promise.resolve(() => undefined)
  })
  const session = new Session(backend, await backend.start())
  session.layout.tab = 'permissions'
  const transfers = new Transfers(backend)
  const stop = followTransfers({ session, transfers })
  const first = await full
  send(first)
  expect(session.toasts.items).toEqual([])
  const errors: JobView['errors'] = [
    { name: 'a.txt', message: 'The disk is full.', hint: null, code: 'diskFull', requestId: null },
  ]
  const job: JobView = { ...(first.jobs[0] as JobView), state: 'failed', finishedAt: 5, errors }
  send({ ...first, full: false, sequence: first.sequence + 1, jobs: [job] })
  expect(session.toasts.items.map(({ text, tone }) => [text, tone])).toEqual([
    [`${job.title}: The disk is full.`, 'bad'],
  ])
  session.toasts.items[0]?.action?.run()
  expect(session.layout.tab).toBe('transfers')
  stop()
})

test('what an earlier run left is taken up after the first list, and said', async () => {
  const backend = createMock({ pace: 0 })
  const asked = vi.spyOn(backend, 'takeUpTransfers')
  const session = new Session(backend, await backend.start())
  const transfers = new Transfers(backend)
  const buckets = new Buckets(session)
  const look = takeUp({ session, transfers, buckets })
  look()?.()
  expect(asked).not.toHaveBeenCalled()
  await buckets.load()
  look()
  look()
  await vi.waitFor(() => expect(session.toasts.items).toHaveLength(1))
  expect(asked).toHaveBeenCalledTimes(1)
  expect(session.toasts.items[0]?.text).toBe('Resumed 3 transfers.')
  session.toasts.items[0]?.action?.run()
  expect(session.layout.tab).toBe('transfers')
})

test('transfers that wait for a key are asked for again when the accounts change', async () => {
  const backend = createMock({ pace: 0 })
  const waiting = { resumed: 0, paused: 0, itemsKept: 0, bytesKept: 0, waitingAccounts: 1 }
  const asked = vi.spyOn(backend, 'takeUpTransfers').mockResolvedValue(waiting)
  const session = new Session(backend, await backend.start())
  const transfers = new Transfers(backend)
  const buckets = new Buckets(session)
  await buckets.load()
  const look = takeUp({ session, transfers, buckets })
  look()
  await vi.waitFor(() => expect(transfers.takenUp).not.toBeNull())
  look()
  expect(asked).toHaveBeenCalledTimes(1)
  session.accounts = [...session.accounts]
  look()
  expect(asked).toHaveBeenCalledTimes(2)
})
