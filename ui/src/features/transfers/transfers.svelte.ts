// The transfers as the backend tells them: a full snapshot, then batches of what changed. Each job is a cell of its own, so
// that a progress tick touches one row. A batch that was missed shows as a gap in the sequence: then we ask for all again.
import type { Backend, Stop } from '$backend/backend'
import type { IpcError, JobState, JobView, MoveTo, TakenUpView, TransferBatch, TransferTotals } from '$backend/bindings'
import { asIpcError } from '$lib/errors'
import { notMoved, type Filter } from './words'

/** One job; its view is replaced as it moves. */
export class Job {
  readonly id: number
  view: JobView = $state.raw() as JobView

  constructor(view: JobView) {
    this.id = view.id
    this.view = view
  }
}

const order: Record<JobState, number> = { running: 0, failed: 1, paused: 2, queued: 3, done: 4, cancelled: 5 }
const nothing: TransferTotals = {
  running: 0,
  queued: 0,
  paused: 0,
  failed: 0,
  done: 0,
  cancelled: 0,
  bytesDone: 0,
  bytesTotal: 0,
  upPerSecond: 0,
  downPerSecond: 0,
  secondsLeft: null,
}

/** Speed is kept for 90 seconds, one value a second. */
export const speedSpan = 90

export class Transfers {
  jobs = $state.raw<Job[]>([])
  /** Those that wait for their turn, the next one first. */
  queue = $state.raw<Job[]>([])
  totals = $state.raw<TransferTotals>(nothing)
  filter = $state<Filter>('all')
  error = $state.raw<IpcError | null>(null)
  /** The job that was done last, for the live region. One that failed has a toast. */
  ended = $state.raw<JobView | null>(null)
  /** What an earlier run left and this one took up, until somebody has read it. */
  takenUp = $state.raw<TakenUpView | null>(null)
  speeds = $state.raw<number[]>([])
  /** The one that was pointed at last, by pointer or by focus: commands on one transfer mean it. */
  current = $state<number | null>(null)
  #known = new Map<number, Job>()
  #sequence: number | null = null
  #stop: Stop | null = null
  #following = 0
  #watchers = new Set<(job: JobView) => void>()
  #lastSpeed = 0
  /** What ended before belongs to an earlier run and is no news. */
  readonly #began = Date.now()

  constructor(readonly backend: Backend) {}

  /** Follows the transfers until the returned function is called. */
  follow(): Stop {
    void this.#subscribe()
    return () => {
      this.#following += 1
      this.#stop?.()
      this.#stop = null
    }
  }

  /** Calls back whenever a job has ended, done or not; the first snapshot does not count. */
  onEnded(watcher: (job: JobView) => void): Stop {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  get(id: number): JobView | null {
    return this.#known.get(id)?.view ?? null
  }

  get shown(): Job[] {
    const { filter } = this
    return filter === 'all' ? this.jobs : this.jobs.filter((job) => job.view.state === filter)
  }

  /** How many there are of a filter. */
  count(filter: Filter): number {
    const { totals } = this
    const ended = totals.failed + totals.done + totals.cancelled
    const all = totals.running + totals.queued + totals.paused + ended
    return filter === 'all' ? all : totals[filter]
  }

  get active(): number {
    return this.totals.running + this.totals.queued
  }

  /** Whole percent of the bytes of all running and waiting jobs; null when there is nothing to count. */
  get percent(): number | null {
    const { bytesDone, bytesTotal } = this.totals
    return this.active === 0 || bytesTotal === 0 ? null : Math.floor((100 * bytesDone) / bytesTotal)
  }

  /** Whether "all" would go on rather than pause: nothing runs or waits, and something is paused. */
  get resumesAll(): boolean {
    return this.active === 0 && this.totals.paused > 0
  }

  /** Lets go on what an earlier run left. Nothing to say when there was nothing. */
  async takeUp(): Promise<TakenUpView | null> {
    const taken = await this.backend.takeUpTransfers()
    const { resumed, paused, waitingAccounts } = taken
    this.takenUp = resumed + paused + waitingAccounts === 0 ? null : taken
    return this.takenUp
  }

  /** The news of what was taken up has been read. */
  dismissTakenUp(): void {
    this.takenUp = null
  }

  /** Why a transfer cannot be moved there, or null. */
  whyNotMove(id: number | null, to: MoveTo): string | null {
    const { queue } = this
    const at = queue.findIndex((job) => job.id === id)
    if (at < 0) return notMoved.waitsNot
    if (to === 'top' || to === 'up') return at === 0 ? notMoved.first : null
    return at === queue.length - 1 ? notMoved.last : null
  }

  /** Moves one that waits among the others. */
  move(id: number, to: MoveTo): Promise<void> {
    return this.#attempt(() => this.backend.moveTransfer(id, to))
  }

  pause(id: number): Promise<void> {
    return this.#attempt(() => this.backend.pauseTransfer(id))
  }

  resume(id: number): Promise<void> {
    return this.#attempt(() => this.backend.resumeTransfer(id))
  }

  pauseAll(): Promise<void> {
    return this.#attempt(() => this.backend.pauseAllTransfers())
  }

  resumeAll(): Promise<void> {
    return this.#attempt(() => this.backend.resumeAllTransfers())
  }

  cancel(id: number): Promise<void> {
    return this.#attempt(() => this.backend.cancelTransfer(id))
  }

  cancelAll(): Promise<void> {
    return this.#attempt(() => this.backend.cancelAllTransfers())
  }

  retry(id: number): Promise<void> {
    return this.#attempt(() => this.backend.retryTransfer(id))
  }

  /** Takes one that has ended off the list. */
  forget(id: number): Promise<void> {
    return this.#attempt(() => this.backend.forgetTransfer(id))
  }

  clearFinished(): Promise<void> {
    return this.#attempt(() => this.backend.clearFinishedTransfers())
  }

  /** Takes one message of the backend. */
  take(batch: TransferBatch): void {
    const gap = !batch.full && (this.#sequence === null || batch.sequence !== this.#sequence + 1)
    if (gap) {
      void this.#subscribe()
      return
    }
    // The first snapshot is no news, and a later one repeats what was told.
    const news = this.#sequence === null ? [] : batch.jobs.filter((job) => this.#hasEnded(job))
    this.#sequence = batch.sequence
    this.totals = batch.totals
    this.#noteSpeed(batch.totals)
    if (this.#put(batch)) this.#sort()
    for (const job of news) this.#announce(job)
  }

  async #subscribe(): Promise<void> {
    const following = ++this.#following
    this.#stop?.()
    this.#stop = null
    try {
      const stop = await this.backend.watchTransfers((batch) => {
        if (following === this.#following) this.take(batch)
      })
      if (following === this.#following) this.#stop = stop
      else stop()
    } catch (thrown) {
      if (following === this.#following) this.error = asIpcError(thrown)
    }
  }

  /** Puts the batch in; true when rows came, went or changed places. */
  #put(batch: TransferBatch): boolean {
    let moved = batch.full || batch.removed.length > 0
    const before = this.#known
    if (batch.full) this.#known = new Map()
    for (const id of batch.removed) this.#known.delete(id)
    for (const view of batch.jobs) {
      const job = before.get(view.id)
      if (job === undefined) {
        this.#known.set(view.id, new Job(view))
        moved = true
        continue
      }
      moved ||= job.view.state !== view.state || job.view.turn !== view.turn
      job.view = view
      this.#known.set(view.id, job)
    }
    return moved
  }

  #sort(): void {
    const place = (job: Job) => order[job.view.state]
    const age = (a: Job, b: Job) => {
      if (a.view.state === 'queued') return a.view.turn - b.view.turn
      return place(a) >= order.done ? b.id - a.id : a.id - b.id
    }
    this.jobs = [...this.#known.values()].sort((a, b) => place(a) - place(b) || age(a, b))
    this.queue = this.jobs.filter((job) => job.view.state === 'queued')
  }

  #hasEnded({ id, state, finishedAt }: JobView): boolean {
    if (!isOver(state)) return false
    const before = this.#known.get(id)?.view
    if (before === undefined) return (finishedAt ?? 0) >= this.#began
    return !isOver(before.state) || before.finishedAt !== finishedAt
  }

  #announce(job: JobView): void {
    if (job.state === 'done') this.ended = job
    for (const watcher of this.#watchers) watcher(job)
  }

  #noteSpeed(totals: TransferTotals): void {
    const now = Math.floor(Date.now() / 1_000)
    const speed = totals.upPerSecond + totals.downPerSecond
    const passed = this.#lastSpeed === 0 ? 1 : Math.min(now - this.#lastSpeed, speedSpan)
    if (passed === 0) return
    // Seconds without a message are seconds without movement.
    const quiet = Array.from({ length: passed - 1 }, () => 0)
    this.speeds = [...this.speeds, ...quiet, speed].slice(-speedSpan)
    this.#lastSpeed = now
  }

  async #attempt(call: () => Promise<void>): Promise<void> {
    try {
      this.error = null
      await call()
    } catch (thrown) {
      this.error = asIpcError(thrown)
    }
  }
}

/** Points of the speed curve in a box, newest at the right edge. */
export function speedPoints(speeds: number[], width: number, height: number): [number, number][] {
  const top = Math.max(...speeds, 1)
  const step = width / (speedSpan - 1)
  const start = width - step * (speeds.length - 1)
  return speeds.map((speed, index) => [start + index * step, height - (speed / top) * height * 0.92])
}

/** Share of a job that is done, between 0 and 1; by bytes where they are known, else by objects. */
export function doneShare(job: JobView): number {
  if (job.state === 'done') return 1
  if (job.bytesTotal !== null && job.bytesTotal > 0) return Math.min(1, job.bytesDone / job.bytesTotal)
  return job.itemsTotal === 0 ? 0 : Math.min(1, job.itemsDone / job.itemsTotal)
}

function isOver(state: JobView['state']): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}
