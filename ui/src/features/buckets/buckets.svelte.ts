// The bucket list of the current account: what is shown, which one has the cursor, and who can reach each of them. Access
// is asked for only for rows in view, four at a time, and kept until something says it changed.
import type { AccessBadge, BucketList, BucketView, IpcError } from '$backend/backend'
import { asIpcError } from '$lib/errors'
import { Lanes } from '$lib/lanes'
import type { Session } from '$session/session.svelte'

const atOnce = 4
/** The arrows may pass many buckets; the one they rest on is opened. */
export const restTime = 180

export class Buckets {
  list = $state.raw<BucketList | null>(null)
  loading = $state(false)
  error = $state.raw<IpcError | null>(null)
  filter = $state('')
  cursor = $state<string | null>(null)
  access = $state.raw<ReadonlyMap<string, AccessBadge>>(new Map())
  private asked = new Set<string>()
  private generation = 0
  private lanes = new Lanes(atOnce)
  private rest: ReturnType<typeof setTimeout> | undefined

  shown = $derived.by(() => {
    const wanted = this.filter.trim().toLowerCase()
    const all = this.list?.buckets ?? []
    return wanted === '' ? all : all.filter(({ name }) => name.toLowerCase().includes(wanted))
  })

  constructor(private readonly session: Session) {}

  get total(): number {
    return this.list?.buckets.length ?? 0
  }

  /** Where the cursor stands in the shown rows; the open bucket when it stands nowhere. */
  get cursorIndex(): number {
    const name = this.cursor ?? this.session.bucket
    return this.shown.findIndex((bucket) => bucket.name === name)
  }

  find(name: string | null): BucketView | null {
    return this.list?.buckets.find((bucket) => bucket.name === name) ?? null
  }

  /** Starts over for the current account. */
  reset(): void {
    this.generation += 1
    this.list = null
    this.error = null
    this.filter = ''
    this.cursor = null
    this.access = new Map()
    this.asked.clear()
  }

  /** Lists the buckets of the current account; the old list stays until the new one is there. */
  async load(): Promise<void> {
    const { accountId } = this.session
    const generation = ++this.generation
    if (accountId === null) return
    this.loading = true
    try {
      const list = await this.session.backend.listBuckets(accountId)
      if (generation !== this.generation) return
      this.list = list
      this.error = null
      this.session.suggestedProjectId = list.suggestedProjectId
    } catch (error) {
      if (generation === this.generation) this.error = asIpcError(error)
    } finally {
      if (generation === this.generation) this.loading = false
    }
  }

  /** Lists again and asks for access anew, of each row when it is in view. */
  async refresh(): Promise<void> {
    this.asked.clear()
    this.access = new Map()
    await this.load()
  }

  /** Asks who can reach these buckets, unless it was asked before. */
  want(names: string[]): void {
    const { accountId } = this.session
    if (accountId === null) return
    for (const name of names.filter((name) => !this.asked.has(name))) {
      this.asked.add(name)
      void this.lanes.run(() => this.check(accountId, name))
    }
  }

  private async check(accountId: string, name: string): Promise<void> {
    if (accountId !== this.session.accountId) return
    let badge: AccessBadge
    try {
      badge = await this.session.backend.bucketAccess(accountId, name)
    } catch (error) {
      badge = { access: 'unknown', reason: asIpcError(error).message }
    }
    if (accountId === this.session.accountId) this.access = new Map(this.access).set(name, badge)
  }

  /** Asks again for one bucket whose access changed. */
  accessChanged(name: string): void {
    this.asked.delete(name)
    this.want([name])
  }

  // ── moving and opening ──

  /** Moves the cursor; the bucket it rests on opens. */
  move(index: number): BucketView | null {
    const bucket = this.shown[Math.min(Math.max(index, 0), this.shown.length - 1)]
    if (bucket === undefined) return null
    this.cursor = bucket.name
    clearTimeout(this.rest)
    this.rest = setTimeout(() => this.open(bucket.name), restTime)
    return bucket
  }

  /** Opens a bucket at its top. */
  open(name: string): void {
    clearTimeout(this.rest)
    this.cursor = name
    this.session.acting = 'buckets'
    if (name !== this.session.bucket) this.session.go({ bucket: name, prefix: '' })
  }

  /** The next bucket whose name starts with what was typed, from the cursor on and around. */
  startingWith(typed: string): number | null {
    const from = Math.max(0, this.cursorIndex + (typed.length === 1 ? 1 : 0))
    const count = this.shown.length
    for (let step = 0; step < count; step += 1) {
      const index = (from + step) % count
      if (this.shown[index]?.name.startsWith(typed.toLowerCase())) return index
    }
    return null
  }
}
