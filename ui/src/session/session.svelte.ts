// What is current: the account, where one is, the listing, which pane acts, and what the details are about. Features read
// it and ask it to move; the app owns it. It holds no secret and no row.
import { getContext, setContext } from 'svelte'
import type { AccountView, Backend, IpcError, SettingsView, StartView, Target } from '$backend/backend'
import { Toasts } from '$components/toasts.svelte'
import { asIpcError, isCancelled } from '$lib/errors'
import { Dialogs } from './dialogs.svelte'
import { Drops } from './drops.svelte'
import { History } from './history.svelte'
import { Layout, readLayout, type DockTab, type Place } from './layout.svelte'
import { CurrentView } from './view.svelte'

/** The two panes something can be selected in; the details follow the one that was used last. */
export type ActingPane = 'buckets' | 'objects'

/** Something changed on the server; who shows it looks again. */
export type Changed = { accountId: string; bucket: string | null; what: 'buckets' | 'objects' | 'access' }

/** The folder above, or null at the top. `a/b/` → `a/`, `a//` → `a/`. */
export function parentPrefix(prefix: string): string | null {
  if (prefix === '') return null
  const cut = prefix.slice(0, -1).lastIndexOf('/')
  return prefix.slice(0, cut + 1)
}

/** The state of one window. */
export class Session {
  readonly toasts = new Toasts()
  readonly dialogs = new Dialogs()
  readonly drops = new Drops(this)
  readonly view: CurrentView
  readonly layout: Layout
  readonly history = new History<Place>((a, b) => a.bucket === b.bucket && a.prefix === b.prefix)

  accounts = $state.raw<AccountView[]>([])
  accountId = $state<string | null>(null)
  settings: SettingsView
  bucket = $state<string | null>(null)
  prefix = $state('')
  acting = $state<ActingPane>('objects')
  /** The bucket may be found under another name once the server says which Project ID is ours. */
  suggestedProjectId = $state<string | null>(null)
  private saving: Promise<void> = Promise.resolve()
  private listeners = new Set<(changed: Changed) => void>()

  constructor(
    readonly backend: Backend,
    readonly start: StartView,
  ) {
    this.view = new CurrentView(backend)
    const saved = readLayout(start.layout)
    this.layout = new Layout(saved)
    this.accounts = start.accounts
    this.settings = $state.raw(start.settings)
    const account = start.accounts.find(({ id }) => id === saved.accountId) ?? start.accounts[0] ?? null
    this.accountId = account?.id ?? null
    if (account !== null && account.id === saved.accountId && saved.place !== null) this.go(saved.place)
  }

  get account(): AccountView | null {
    return this.accounts.find(({ id }) => id === this.accountId) ?? null
  }

  get place(): Place | null {
    return this.bucket === null ? null : { bucket: this.bucket, prefix: this.prefix }
  }

  get flat(): boolean {
    return this.accountId !== null && this.bucket !== null && this.layout.isFlat(this.accountId, this.bucket)
  }

  /** `field-photos/2026/harbour`, for titles and messages. */
  get path(): string {
    return `${this.bucket ?? ''}/${this.prefix}`.replace(/\/$/, '')
  }

  /** What the details are about: the selected objects, or the bucket when nothing is selected or its list was used last. */
  get target(): Target | null {
    const { accountId, bucket, view } = this
    if (accountId === null || bucket === null) return null
    if (this.acting === 'objects' && view.id !== null && view.selected > 0) {
      return { kind: 'selection', viewId: view.id, selectionId: view.selection.id }
    }
    return { kind: 'bucket', accountId, bucket }
  }

  /** The target in words. */
  get targetLabel(): string {
    if (this.target?.kind !== 'selection') return this.bucket ?? ''
    const { single, objects, folders } = this.view.selection
    if (single !== null) return single.key
    const counts = [
      objects === 0 ? '' : `${objects} ${objects === 1 ? 'object' : 'objects'}`,
      folders === 0 ? '' : `${folders} ${folders === 1 ? 'folder' : 'folders'}`,
    ]
    return counts.filter((part) => part !== '').join(' and ')
  }

  // ── moving ──

  get canGoBack(): boolean {
    return this.bucket === null ? this.history.current !== null : this.history.canGoBack
  }

  /** Goes to a place and remembers it. */
  go(place: Place): void {
    this.history.visit(place)
    this.show(place)
  }

  back(): void {
    // After the shown bucket was deleted, back means where one was before it.
    const place = this.bucket === null ? this.history.current : this.history.back()
    if (place !== null) this.show(place)
  }

  forward(): void {
    const place = this.history.forward()
    if (place !== null) this.show(place)
  }

  /** One folder up; at the top of a bucket nothing happens. */
  up(): void {
    const prefix = parentPrefix(this.prefix)
    if (this.bucket !== null && prefix !== null) this.go({ bucket: this.bucket, prefix })
  }

  /** Shows this bucket in folders or as one flat list, and remembers that. The flat list is of the whole bucket. */
  setFlat(flat: boolean): void {
    if (this.accountId === null || this.bucket === null) return
    this.layout.setFlat(this.accountId, this.bucket, flat)
    this.go({ bucket: this.bucket, prefix: flat ? '' : this.prefix })
  }

  private show({ bucket, prefix }: Place): void {
    if (this.accountId === null) return
    // Who goes into a folder wants to see that folder.
    if (prefix !== '') this.layout.setFlat(this.accountId, bucket, false)
    this.bucket = bucket
    this.prefix = prefix
    const { accountId, layout } = this
    void this.view.open({ accountId, bucket, prefix, mode: this.flat ? 'flat' : 'folders', sort: layout.sort })
  }

  /** Leaves the bucket, as after it was deleted. */
  leaveBucket(bucket: string): void {
    this.history.forget((place) => place.bucket === bucket)
    if (this.bucket !== bucket) return
    this.bucket = null
    this.prefix = ''
    this.attempt(() => this.view.close())
  }

  // ── accounts ──

  /** Shows another account, from the top. */
  switchAccount(id: string): void {
    if (id === this.accountId) return
    this.history.clear()
    this.bucket = null
    this.prefix = ''
    this.suggestedProjectId = null
    this.attempt(() => this.view.close())
    this.accountId = id
  }

  /** Takes in a saved account, new or changed, and shows it. What is listed is listed again: it may be another server now. */
  accountSaved(account: AccountView): void {
    const known = this.accounts.some(({ id }) => id === account.id)
    this.accounts = known
      ? this.accounts.map((other) => (other.id === account.id ? account : other))
      : [...this.accounts, account]
    if (account.id !== this.accountId) {
      this.switchAccount(account.id)
      return
    }
    if (this.place !== null) this.show(this.place)
    this.changed({ accountId: account.id, bucket: null, what: 'buckets' })
  }

  /** Forgets a removed account; the first of the others is shown. */
  accountRemoved(id: string): void {
    this.accounts = this.accounts.filter((account) => account.id !== id)
    if (this.accountId !== id) return
    const next = this.accounts[0]
    if (next !== undefined) {
      this.switchAccount(next.id)
      return
    }
    this.history.clear()
    this.bucket = null
    this.accountId = null
    this.attempt(() => this.view.close())
  }

  // ── settings ──

  /** Changes some of the settings, at once and for good. They are saved one after the other: the last change wins. */
  changeSettings(part: Partial<SettingsView>): void {
    const before = this.settings
    const changed = { ...before, ...part }
    this.settings = changed
    const saved = this.saving.then(() => this.backend.saveSettings(changed))
    this.saving = saved.then(
      () => undefined,
      () => {
        if (this.settings === changed) this.settings = before
      },
    )
    this.attempt(() => saved)
  }

  // ── news ──

  /** Tells everyone who shows it that something changed on the server. Listings of that bucket are listed again. */
  changed(changed: Changed): void {
    const here = changed.accountId === this.accountId && changed.bucket === this.bucket
    if (changed.what === 'objects' && here) this.attempt(() => this.view.refresh())
    for (const listener of this.listeners) listener(changed)
  }

  /** Hears of every change until the returned function is called. */
  onChanged(listener: (changed: Changed) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Opens the details at a tab. */
  showTab(tab: DockTab): void {
    this.layout.tab = tab
    this.layout.dockOpen = true
    this.layout.dockSheet = true
  }

  /** Runs something that may fail where no place of its own shows errors: then a toast does. */
  attempt(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => this.report(asIpcError(error)))
  }

  /** Copies a text; false when it could not, which is said. */
  async copy(text: string): Promise<boolean> {
    try {
      await this.backend.copyText(text)
      return true
    } catch (error) {
      this.report(asIpcError(error))
      return false
    }
  }

  /** Says a failure in a toast; cancelling is not one. */
  report(error: IpcError): void {
    if (isCancelled(error)) return
    this.toasts.show({ text: [error.message, error.hint].filter(Boolean).join(' '), icon: 'alert', tone: 'bad' })
  }
}

const key = Symbol('session')

/** Hands the session to every component below. */
export function provideSession(session: Session): void {
  setContext(key, session)
}

/** The session of this window. */
export function getSession(): Session {
  return getContext<Session>(key)
}
