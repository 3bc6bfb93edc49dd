import { describe, expect, it, vi } from 'vitest'
import type { Backend } from '$backend/backend'
import type { JobView, TakenUpView, TransferBatch } from '$backend/bindings'
import { createMock } from '$backend/mock'
import type { Commands } from '$session/commands'
import { transferEntries } from './menu'
import { amountOf, takenUp } from './words'
import { doneShare, speedPoints, speedSpan, Transfers } from './transfers.svelte'

/** A mock whose batches the test hands out itself. */
function scripted() {
  const backend = createMock({ pace: 0, transfers: true })
  let send: (batch: TransferBatch) => void = () => undefined
  const watch = vi.spyOn(backend, 'watchTransfers').mockImplementation((batch) => {
    send = batch
    return Promise.resolve(() => undefined)
  })
  const transfers = new Transfers(backend)
  transfers.follow()
  return { transfers, watch, send: (batch: TransferBatch) => send(batch) }
}

async function jobs(backend: Backend = createMock({ pace: 0 })): Promise<TransferBatch> {
  return new Promise((resolve) => void backend.watchTransfers(resolve).then((stop) => stop()))
}

describe('transfers', () => {
  it('shows running first, then failed, paused, queued and done', async () => {
    const { transfers, send } = scripted()
    send(await jobs())
    expect(transfers.jobs.map((job) => job.view.state)).toEqual([
      'running',
      'running',
      'running',
      'failed',
      'failed',
      'paused',
      'queued',
      'done',
    ])
    expect(transfers.count('all')).toBe(8)
    expect(transfers.percent).toBeGreaterThan(0)
  })

  it('replaces only the job that moved', async () => {
    const { transfers, send } = scripted()
    const full = await jobs()
    send(full)
    const list = transfers.jobs
    const moved = { ...(full.jobs[0] as JobView), bytesDone: 600_000_000 }
    send({ ...full, full: false, sequence: full.sequence + 1, jobs: [moved] })
    expect(transfers.jobs).toBe(list)
    expect(transfers.get(moved.id)?.bytesDone).toBe(600_000_000)
  })

  it('asks for everything again after a gap', async () => {
    const { transfers, watch, send } = scripted()
    const full = await jobs()
    send(full)
    const late = { ...full, full: false, sequence: full.sequence + 2, jobs: [], removed: [full.jobs[0]?.id ?? 0] }
    send(late)
    expect(transfers.jobs).toHaveLength(8)
    expect(watch).toHaveBeenCalledTimes(2)
  })

  it('says when a job ends, but not what had ended before', async () => {
    const { transfers, send } = scripted()
    const ended = vi.fn()
    transfers.onEnded(ended)
    const full = await jobs()
    send(full)
    expect(ended).not.toHaveBeenCalled()
    const done = { ...(full.jobs[0] as JobView), state: 'done' as const, finishedAt: 5 }
    send({ ...full, full: false, sequence: full.sequence + 1, jobs: [done] })
    expect(ended).toHaveBeenCalledExactlyOnceWith(done)
    expect(transfers.ended?.id).toBe(done.id)
  })

  it('tells an end whose time was told before its state', async () => {
    const { transfers, send } = scripted()
    const ended = vi.fn()
    transfers.onEnded(ended)
    const full = await jobs()
    const running = { ...(full.jobs[0] as JobView), state: 'running' as const, finishedAt: 5 }
    send({ ...full, jobs: [running] })
    send({ ...full, full: false, sequence: full.sequence + 1, jobs: [{ ...running, state: 'done' as const }] })
    expect(ended).toHaveBeenCalledOnce()
  })

  it('tells nothing twice when it has to ask for everything again', async () => {
    const { transfers, send } = scripted()
    const ended = vi.fn()
    transfers.onEnded(ended)
    const full = await jobs()
    send(full)
    const failed = { ...(full.jobs[0] as JobView), state: 'failed' as const, finishedAt: 5 }
    const missed = { ...full, sequence: full.sequence + 7, jobs: [failed, ...full.jobs.slice(1)] }
    send(missed)
    send({ ...missed, sequence: missed.sequence + 1 })
    expect(ended).toHaveBeenCalledExactlyOnceWith(failed)
    expect(transfers.ended).toBeNull()
  })

  it('takes a failed one off the list when asked, and leaves it there when the done ones go', async () => {
    const backend = createMock({ pace: 0 })
    const transfers = new Transfers(backend)
    const stop = transfers.follow()
    await vi.waitFor(() => expect(transfers.count('failed')).toBe(2), { timeout: 10_000 })
    await transfers.clearFinished()
    expect([transfers.count('done'), transfers.count('failed')]).toEqual([0, 2])
    const failed = transfers.jobs.find((job) => job.view.state === 'failed')
    await transfers.forget(failed?.id ?? 0)
    expect(transfers.count('failed')).toBe(1)
    const running = transfers.jobs.find((job) => job.view.state === 'running')
    await transfers.forget(running?.id ?? 0)
    expect(transfers.error?.code).toBe('conflict')
    stop()
  })

  it('does not tell what an earlier run ended', async () => {
    const { transfers, send } = scripted()
    const ended = vi.fn()
    transfers.onEnded(ended)
    const full = await jobs()
    send(full)
    const old = { ...(full.jobs[0] as JobView), id: 90, state: 'failed' as const, finishedAt: Date.now() - 60_000 }
    const quick = { ...old, id: 91, state: 'done' as const, finishedAt: Date.now() + 5 }
    send({ ...full, full: false, sequence: full.sequence + 1, jobs: [old, quick] })
    expect(ended).toHaveBeenCalledExactlyOnceWith(quick)
    expect(transfers.get(90)?.state).toBe('failed')
  })

  it('pauses and resumes one or all, and a pause is no end', async () => {
    const transfers = new Transfers(createMock({ pace: 0 }))
    const stop = transfers.follow()
    const ended = vi.fn()
    transfers.onEnded(ended)
    await vi.waitFor(() => expect(transfers.active).toBe(4))
    const first = transfers.jobs[0]?.id ?? 0
    await transfers.pause(first)
    expect(transfers.get(first)?.state).toBe('paused')
    expect([transfers.count('paused'), transfers.resumesAll]).toEqual([2, false])
    await transfers.pauseAll()
    expect([transfers.active, transfers.count('paused'), transfers.resumesAll]).toEqual([0, 5, true])
    transfers.filter = 'paused'
    expect(transfers.shown).toHaveLength(5)
    await transfers.resume(first)
    expect(['queued', 'running']).toContain(transfers.get(first)?.state)
    await transfers.resumeAll()
    expect([transfers.count('paused'), transfers.resumesAll]).toEqual([0, false])
    expect(ended).not.toHaveBeenCalled()
    stop()
  })

  it('moves those that wait, and says why one cannot be moved', async () => {
    const backend = createMock({ pace: 0 })
    const transfers = new Transfers(backend)
    const stop = transfers.follow()
    await vi.waitFor(() => expect(transfers.active).toBe(4))
    expect(transfers.whyNotMove(transfers.jobs[0]?.id ?? 0, 'top')).toBe('Choose a transfer that waits for its turn')
    await transfers.pauseAll()
    await transfers.resumeAll()
    const ids = () => transfers.queue.map(({ id }) => id)
    const [a, b, c, d, e] = ids() as [number, number, number, number, number]
    await transfers.move(e, 'top')
    expect(ids()).toEqual([e, a, b, c, d])
    await transfers.move(a, 'down')
    await transfers.move(d, 'up')
    expect(ids()).toEqual([e, b, a, d, c])
    await transfers.move(b, 'bottom')
    expect(ids()).toEqual([e, a, d, c, b])
    expect(transfers.error).toBeNull()
    expect(transfers.whyNotMove(e, 'up')).toBe('It is the next one already')
    expect(transfers.whyNotMove(b, 'bottom')).toBe('It is the last one already')
    expect(transfers.whyNotMove(a, 'bottom')).toBeNull()
    expect(transfers.whyNotMove(null, 'top')).not.toBeNull()
    stop()
  })

  it('offers in a menu what can be done with one as it stands', async () => {
    const transfers = new Transfers(createMock({ pace: 0 }))
    const stop = transfers.follow()
    await vi.waitFor(() => expect(transfers.active).toBe(4))
    const commands: Commands = {
      get: () => {
        throw new Error('not asked')
      },
      run: () => undefined,
      entries: (ids) => ids.map((id) => (id === null ? { kind: 'rule' } : { kind: 'heading', title: id })),
    }
    const offered = (state: string) => {
      const job = transfers.jobs.find(({ view }) => view.state === state)
      const entries = transferEntries(job?.view ?? null, transfers, commands)
      return entries.map((entry) => (entry.kind === 'rule' ? '-' : entry.title))
    }
    expect(offered('running')).toEqual(['Pause', 'Cancel'])
    expect(offered('paused')).toEqual(['Resume', 'Cancel'])
    expect(offered('failed')).toEqual(['Retry', 'Remove from list'])
    expect(offered('done')).toEqual(['Remove from list'])
    expect(offered('none')).toEqual([])
    const moves = ['Move to top', 'Move up', 'Move down', 'Move to bottom']
    expect(offered('queued')).toEqual(['Pause', '-', ...moves, '-', 'Cancel'])
    stop()
  })

  it('says once what was taken up, until it is dismissed', async () => {
    const transfers = new Transfers(createMock({ pace: 0 }))
    const taken = await transfers.takeUp()
    expect(taken).toMatchObject({ resumed: 3, paused: 1 })
    expect(takenUp.title(taken as TakenUpView)).toBe('Resumed 3 transfers.')
    transfers.dismissTakenUp()
    expect(transfers.takenUp).toBeNull()
    expect(await transfers.takeUp()).toBeNull()
  })

  it('keeps a failed call as an error to show', async () => {
    const transfers = new Transfers(createMock({ pace: 0, transfers: false }))
    await transfers.retry(404)
    expect(transfers.error?.code).toBe('notFound')
  })

  it('filters by state', async () => {
    const { transfers, send } = scripted()
    send(await jobs())
    transfers.filter = 'failed'
    expect(transfers.shown.map((job) => job.view.title)).toEqual(['invoices-archive.zip', 'readme.md'])
  })
})

describe('the speed curve', () => {
  it('ends at the right edge and stays inside the box', () => {
    const points = speedPoints([0, 5, 10], 300, 44)
    expect(points.at(-1)?.[0]).toBeCloseTo(300)
    expect(points[0]?.[0]).toBeCloseTo(300 - (2 * 300) / (speedSpan - 1))
    expect(Math.min(...points.map(([, y]) => y))).toBeGreaterThanOrEqual(0)
  })
})

describe('what was taken up', () => {
  const none: TakenUpView = { resumed: 0, paused: 0, itemsKept: 0, bytesKept: 0, waitingAccounts: 0 }

  it('names what was kept and what waits, and nothing else', () => {
    const one = { ...none, resumed: 1, itemsKept: 12, bytesKept: 3_200_000_000 }
    expect(takenUp.text(one)).toBe(
      'Dipper was closed before it finished. 12 objects (3.20 GB) were kept and are not repeated.',
    )
    expect(takenUp.text({ ...none, resumed: 1 })).toBe('Dipper was closed before it finished.')
    expect(takenUp.title({ ...none, paused: 2 })).toBe('2 transfers are still paused.')
    const waiting = { ...none, waitingAccounts: 1 }
    expect(takenUp.title(waiting)).toBe('Transfers of 1 account wait.')
    expect(takenUp.text(waiting)).toBe('The transfers of 1 account go on when the secret key is there.')
  })
})

describe('an amount', () => {
  it('says the unit once where both have it', () => {
    expect(amountOf(544_000_000, 812_000_000)).toBe('544 of 812 MB')
    expect(amountOf(780_000_000, 2_060_000_000)).toBe('780 MB of 2.06 GB')
  })
})

describe('the share that is done', () => {
  it('counts objects where there are no bytes', async () => {
    const job = { ...((await jobs()).jobs[0] as JobView), bytesTotal: null, itemsTotal: 8, itemsDone: 2 }
    expect(doneShare(job)).toBe(0.25)
    expect(doneShare({ ...job, state: 'done' })).toBe(1)
    expect(doneShare({ ...job, itemsTotal: 0 })).toBe(0)
  })
})
