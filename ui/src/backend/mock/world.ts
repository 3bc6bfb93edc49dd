// Everything the mock remembers: accounts, buckets, objects, grants, the event log, and the clock they share.
import type { AccountView, EventView, Right, SettingsView } from '../bindings'
import { Failure, notFound } from './failure'
import { Plans } from './plans'

export type Grant = { grantee: string; right: Right } // "allUsers", "authenticatedUsers", "user:…", "email:…"

export type StoredObject = {
  key: string
  size: number
  modified: number
  storageClass: string
  contentType: string
  grants: Grant[] | null // null: private, only the owner
}

export type StoredBucket = {
  name: string
  created: number
  added: boolean
  grants: Grant[]
  futurePublic: boolean // a policy of ours: everything may be read, also what comes later
  mayList: boolean
  mayWrite: boolean
  pageDelay: number // milliseconds a page of 1 000 keys takes
  objects: () => Map<string, StoredObject>
}

export type StoredAccount = {
  view: AccountView
  owner: string
  buckets: Map<string, StoredBucket>
  mayListBuckets: boolean
  hasAcls: boolean
}

export type MockOptions = {
  pace?: number // 1: as slow as a network, 0: at once
  seeded?: boolean // false: a first start, with no account
  transfers?: boolean // false: nothing is moving at the start
  keychain?: boolean // false: there is no keychain
}

export class World {
  readonly pace: number
  readonly plans: Plans
  readonly accounts = new Map<string, StoredAccount>()
  readonly cancelled = new Set<string>()
  settings: SettingsView = {
    theme: 'system',
    density: 'compact',
    alwaysAskBeforeUpload: false,
    transfers: { up: null, down: null, atOnce: 3 },
  }
  layout: string | null = null
  #sequence = 0
  #events: EventView[] = []
  #watchers = new Set<(events: EventView[]) => void>()
  #ids = 1

  constructor(options: MockOptions) {
    this.pace = options.pace ?? 1
    this.plans = new Plans(() => this.now())
  }

  now(): number {
    return Date.now()
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds * this.pace))
  }

  id(prefix: string): string {
    return `${prefix}-${this.#ids++}`
  }

  account(id: string): StoredAccount {
    const account = this.accounts.get(id)
    if (!account) throw notFound('There is no such account')
    return account
  }

  bucket(accountId: string, name: string): StoredBucket {
    const bucket = this.account(accountId).buckets.get(name)
    if (!bucket) {
      throw new Failure('notFound', `There is no bucket “${name}”`, 'Refresh the list of buckets.', {
        bucket: name,
        s3Code: 'NoSuchBucket',
        status: 404,
        requestId: 'tx0000a41f-6700',
      })
    }
    return bucket
  }

  object(accountId: string, bucket: string, key: string): StoredObject {
    const object = this.bucket(accountId, bucket).objects().get(key)
    if (!object) throw notFound(`There is no object “${key}” in “${bucket}”`)
    return object
  }

  /** Throws when the person has pressed Cancel on this operation; forgets the press. */
  checkCancelled(operation: string): void {
    if (this.cancelled.delete(operation)) throw new Failure('cancelled', 'Cancelled')
  }

  // ── the event log ──────────────────────────────────────────────────────
  record(event: Pick<EventView, 'operation' | 'method' | 'target'> & Partial<EventView>): void {
    this.#sequence += 1
    const full: EventView = {
      sequence: this.#sequence,
      at: this.now(),
      account: 'Research cloud',
      status: 200,
      durationMs: 40 + ((this.#sequence * 37) % 120),
      requestId: `tx${(0xa41f0000 + this.#sequence).toString(16).padStart(10, '0')}`,
      bytesSent: 0,
      bytesReceived: 512 + ((this.#sequence * 911) % 40_000),
      error: null,
      ...event,
    }
    this.#events = [full, ...this.#events].slice(0, 10_000)
    for (const watcher of this.#watchers) watcher([full])
  }

  watchEvents(watcher: (events: EventView[]) => void): () => void {
    watcher([...this.#events])
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  clearEvents(): void {
    this.#events = []
  }
}

export function isPublic(object: StoredObject, bucket: StoredBucket): boolean {
  return bucket.futurePublic || hasRight(object.grants ?? [], 'allUsers', 'read')
}

export function hasRight(grants: Grant[], grantee: string, right: Right): boolean {
  return grants.some((grant) => grant.grantee === grantee && (grant.right === right || grant.right === 'fullControl'))
}
