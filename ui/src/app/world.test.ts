import { expect, test, vi } from 'vitest'
import type { JobView, TransferBatch } from '$backend/backend'
import { Transfers } from '$features/transfers/transfers.svelte'
import { createMock } from '$backend/mock'
import { Session } from '$session/session.svelte'
import { followTransfers } from './world.svelte'

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
