// Transfers that move by themselves: four times a second the running ones advance, the queued ones follow, batches go out.
import type { JobKind, JobView, MoveTo, TakenUpView, TransferBatch, TransferTotals } from '../bindings'
import type { Backend } from '../backend'
import { Failure, notFound } from './failure'
import { itemsOf } from './items'
import type { World } from './world'

type TransferPart = Pick<
  Backend,
  | 'watchTransfers'
  | 'takeUpTransfers'
  | 'transferItems'
  | 'moveTransfer'
  | 'pauseTransfer'
  | 'resumeTransfer'
  | 'pauseAllTransfers'
  | 'resumeAllTransfers'
  | 'cancelTransfer'
  | 'cancelAllTransfers'
  | 'retryTransfer'
  | 'forgetTransfer'
  | 'clearFinishedTransfers'
>
export type Start = {
  kind: JobKind
  accountId: string
  bucket: string
  title: string
  place: string
  items: number
  bytes: number | null
  firstKey?: string
}

const tick = 250 // milliseconds, as the real sampler
const noneLeft: TakenUpView = { resumed: 0, paused: 0, itemsKept: 0, bytesKept: 0, waitingAccounts: 0 }

export class Transfers {
  readonly #world: World
  readonly #jobs = new Map<number, JobView>()
  readonly #watchers = new Set<(batch: TransferBatch) => void>()
  #sequence = 0
  #next = 1
  #timer: ReturnType<typeof setInterval> | null = null
  /** What an earlier run is said to have left; taken up once. */
  left: TakenUpView = noneLeft

  constructor(world: World) {
    this.#world = world
  }

  begin(start: Start): number {
    const job = newJob(this.#next++, start)
    this.#jobs.set(job.id, job)
    this.#send([job], [])
    this.#run()
    return job.id
  }

  /** Puts a job in as it stands; the seed uses it. */
  place(start: Start, state: Partial<JobView>): void {
    const job = { ...newJob(this.#next++, start), ...state }
    this.#jobs.set(job.id, job)
  }

  /** How many run or wait. */
  get underWay(): number {
    return [...this.#jobs.values()].filter(active).length
  }

  part(): TransferPart {
    return {
      watchTransfers: async (watcher) => {
        this.#watchers.add(watcher)
        watcher({
          sequence: this.#sequence,
          full: true,
          jobs: [...this.#jobs.values()],
          removed: [],
          totals: this.#totals(),
        })
        this.#run()
        return Promise.resolve(() => this.#watchers.delete(watcher))
      },
      takeUpTransfers: async () => {
        const taken = this.left
        this.left = noneLeft
        return Promise.resolve(taken)
      },
      transferItems: async (id, which, after, most) => Promise.resolve(itemsOf(this.#get(id), which, after, most)),
      moveTransfer: async (id, to) => {
        this.#move(this.#get(id), to)
        return Promise.resolve()
      },
      pauseTransfer: async (id) => {
        this.#pause(this.#get(id))
        return Promise.resolve()
      },
      resumeTransfer: async (id) => {
        this.#resume(this.#get(id))
        return Promise.resolve()
      },
      pauseAllTransfers: async () => {
        for (const job of this.#jobs.values()) this.#pause(job)
        return Promise.resolve()
      },
      resumeAllTransfers: async () => {
        for (const job of this.#jobs.values()) this.#resume(job)
        return Promise.resolve()
      },
      cancelTransfer: async (id) => {
        this.#cancel(this.#get(id))
        return Promise.resolve()
      },
      cancelAllTransfers: async () => {
        for (const job of this.#jobs.values()) this.#cancel(job)
        return Promise.resolve()
      },
      retryTransfer: async (id) => {
        const job = this.#get(id)
        this.#change({ ...job, state: 'queued', errors: [], itemsFailed: 0, finishedAt: null })
        this.#run()
        return Promise.resolve()
      },
      forgetTransfer: async (id) => {
        if (!ended(this.#get(id))) {
          throw new Failure('conflict', 'This transfer is still going on, so it stays on the list.', 'Cancel it first.')
        }
        this.#jobs.delete(id)
        this.#send([], [id])
        return Promise.resolve()
      },
      clearFinishedTransfers: async () => {
        const finished = [...this.#jobs.values()].filter((job) => job.state === 'done' || job.state === 'cancelled')
        for (const job of finished) this.#jobs.delete(job.id)
        this.#send(
          [],
          finished.map((job) => job.id),
        )
        return Promise.resolve()
      },
    }
  }

  #get(id: number): JobView {
    const job = this.#jobs.get(id)
    if (!job) throw notFound('This transfer is no longer in the list')
    return job
  }

  #cancel(job: JobView): void {
    if (ended(job)) return
    this.#change({ ...job, state: 'cancelled', bytesPerSecond: 0, secondsLeft: null, finishedAt: this.#world.now() })
  }

  /** Those that wait, in their order. */
  get #queue(): JobView[] {
    return [...this.#jobs.values()].filter((job) => job.state === 'queued').sort((a, b) => a.turn - b.turn)
  }

  #move(job: JobView, to: MoveTo): void {
    const queue = this.#queue
    const turns = queue.map(({ turn }) => turn)
    const at = queue.findIndex(({ id }) => id === job.id)
    if (at < 0) return
    const places = { top: 0, up: Math.max(0, at - 1), down: at + 1, bottom: queue.length }
    queue.splice(at, 1)
    queue.splice(places[to], 0, job)
    queue.forEach((other, index) => this.#change({ ...other, turn: turns[index] ?? other.turn }))
  }

  #pause(job: JobView): void {
    if (active(job)) this.#change({ ...job, state: 'paused', bytesPerSecond: 0, secondsLeft: null })
  }

  #resume(job: JobView): void {
    if (job.state !== 'paused') return
    this.#change({ ...job, state: 'queued' })
    this.#run()
  }

  #change(job: JobView): void {
    this.#jobs.set(job.id, job)
    this.#send([job], [])
  }

  #run(): void {
    if (this.#timer !== null || this.#watchers.size === 0) return
    this.#timer = setInterval(() => this.#advance(), tick)
  }

  #advance(): void {
    const jobs = [...this.#jobs.values()]
    const running = jobs.filter((job) => job.state === 'running')
    const free = this.#world.settings.transfers.atOnce - running.length
    const starting = this.#queue.slice(0, Math.max(0, free))
    const changed = [...running.map((job) => this.#step(job)), ...starting.map((job) => this.#start(job))]
    for (const job of changed) this.#jobs.set(job.id, job)
    if (changed.length > 0) this.#send(changed, [])
    if (!jobs.some(active) && this.#timer !== null) {
      clearInterval(this.#timer)
      this.#timer = null
    }
  }

  #start(job: JobView): JobView {
    return { ...job, state: 'running', startedAt: this.#world.now() }
  }

  #step(job: JobView): JobView {
    const total = job.bytesTotal ?? job.itemsTotal * 40_000
    const wobble = 0.85 + 0.3 * Math.abs(Math.sin(this.#world.now() / 4_000 + job.id))
    const speed = (job.kind === 'download' ? 1_900_000 : 8_600_000) * wobble
    const bytesDone = Math.min(total, job.bytesDone + (speed * tick) / 1_000)
    if (bytesDone >= total) return this.#end(job, total)
    const secondsLeft = Math.ceil((total - bytesDone) / speed)
    return {
      ...job,
      bytesDone,
      bytesPerSecond: speed,
      secondsLeft,
      itemsDone: Math.floor((job.itemsTotal * bytesDone) / total),
    }
  }

  #end(job: JobView, total: number): JobView {
    const result =
      job.kind === 'upload' ? 'verified: sizes match' : job.kind === 'download' ? 'downloaded to Downloads' : null
    const done = { state: 'done', itemsDone: job.itemsTotal, bytesPerSecond: 0, secondsLeft: null } as const
    return { ...job, ...done, bytesDone: job.bytesTotal === null ? 0 : total, finishedAt: this.#world.now(), result }
  }

  #send(jobs: JobView[], removed: number[]): void {
    this.#sequence += 1
    const batch = { sequence: this.#sequence, full: false, jobs, removed, totals: this.#totals() }
    for (const watcher of this.#watchers) watcher(batch)
  }

  #totals(): TransferTotals {
    const jobs = [...this.#jobs.values()]
    const counted = jobs.filter(active)
    const sum = (list: JobView[], value: (job: JobView) => number) => list.reduce((total, job) => total + value(job), 0)
    const inState = (state: JobView['state']) => jobs.filter((job) => job.state === state).length
    const bytesTotal = sum(counted, (job) => job.bytesTotal ?? 0)
    const bytesDone = sum(counted, (job) => job.bytesDone)
    const speed = sum(counted, (job) => job.bytesPerSecond)
    const down = sum(
      counted.filter((job) => job.kind === 'download'),
      (job) => job.bytesPerSecond,
    )
    return {
      running: inState('running'),
      queued: inState('queued'),
      paused: inState('paused'),
      failed: inState('failed'),
      done: inState('done'),
      cancelled: inState('cancelled'),
      bytesDone,
      bytesTotal,
      upPerSecond: speed - down,
      downPerSecond: down,
      secondsLeft: speed > 0 ? Math.ceil((bytesTotal - bytesDone) / speed) : null,
    }
  }
}

export function active(job: JobView): boolean {
  return job.state === 'running' || job.state === 'queued'
}

const ended = (job: JobView) => !active(job) && job.state !== 'paused'

function newJob(id: number, start: Start): JobView {
  return {
    id,
    kind: start.kind,
    accountId: start.accountId,
    bucket: start.bucket,
    title: start.title,
    place: start.place,
    state: 'queued',
    itemsTotal: start.items,
    itemsDone: 0,
    itemsFailed: 0,
    itemsSkipped: 0,
    bytesTotal: start.bytes,
    bytesDone: 0,
    bytesPerSecond: 0,
    secondsLeft: null,
    startedAt: null,
    finishedAt: null,
    turn: id,
    waits: null,
    errors: [],
    firstKey: start.firstKey ?? null,
    result: null,
  }
}

/** The transfers of the design: three running, two failed, one paused, some waiting, some done. */
export function seedTransfers(transfers: Transfers, now: number): void {
  const upload = (title: string, bucket: string, place: string, bytes: number, items = 1): Start => ({
    kind: 'upload',
    accountId: 'research',
    bucket,
    title,
    place: `to ${place}`,
    items,
    bytes,
    firstKey: title,
  })
  const here = 'field-photos/2026/harbour/'
  transfers.place(upload('harbour-panorama_stitched_full-resolution.tif', 'field-photos', here, 812_000_000), {
    state: 'running',
    bytesDone: 544_000_000,
    bytesPerSecond: 11_200_000,
    secondsLeft: 24,
    startedAt: now - 48_000,
  })
  transfers.place(upload('logbook-2025.tar.gz', 'backups-nightly', 'backups-nightly/2026/11/', 2_060_000_000), {
    state: 'running',
    bytesDone: 780_000_000,
    bytesPerSecond: 7_200_000,
    secondsLeft: 178,
    startedAt: now - 108_000,
  })
  const log: Start = {
    kind: 'download',
    accountId: 'research',
    bucket: 'app-logs-eu',
    title: 'access-2026-11-20.log',
    place: 'from app-logs-eu/ to Downloads',
    items: 1,
    bytes: 38_000_000,
  }
  transfers.place(log, {
    state: 'running',
    bytesDone: 4_600_000,
    bytesPerSecond: 1_900_000,
    secondsLeft: 18,
    startedAt: now - 3_000,
  })
  transfers.place(upload('invoices-archive.zip', 'invoices-2026', 'invoices-2026/', 415_000_000), {
    state: 'failed',
    bytesDone: 328_000_000,
    itemsFailed: 1,
    finishedAt: now - 400_000,
    errors: [
      {
        name: 'invoices-archive.zip',
        message: 'The connection dropped at part 42 of 52 and did not come back in 60 s.',
        hint: 'Check the network, then retry.',
        code: 'network',
        requestId: null,
      },
    ],
  })
  transfers.place(upload('readme.md', 'partner-drop', 'partner-drop/', 3_100), {
    state: 'failed',
    itemsFailed: 1,
    finishedAt: now - 500_000,
    errors: [
      {
        name: 'readme.md',
        message: 'These keys may read partner-drop but not write to it.',
        hint: 'Ask its owner for write access, then retry.',
        code: 'accessDenied',
        requestId: 'tx0000a41f-6741',
      },
    ],
  })
  transfers.place(upload('survey-video-04.mov', 'field-photos', `${here}raw/`, 4_600_000_000), {
    state: 'paused',
    bytesDone: 1_100_000_000,
    startedAt: now - 600_000,
  })
  transfers.left = { resumed: 3, paused: 1, itemsKept: 1204, bytesKept: 3_200_000_000, waitingAccounts: 0 }
  transfers.place(upload('IMG_4824.jpg and 119 more', 'field-photos', here, 588_000_000, 120), {})
  transfers.place(upload('IMG_4822.jpg', 'field-photos', here, 5_070_000), {
    state: 'done',
    bytesDone: 5_070_000,
    itemsDone: 1,
    startedAt: now - 130_000,
    finishedAt: now - 129_000,
    result: 'verified: sizes match',
  })
}
