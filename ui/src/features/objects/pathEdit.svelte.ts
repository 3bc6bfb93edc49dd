// Whether the path is being typed, and the key somebody asked to see once its folder is listed.
import { getContext, setContext } from 'svelte'
import type { Session } from '$session/session.svelte'
import type { ObjectTable } from './table.svelte'

export class PathEdit {
  open = $state(false)
  private wanted: { key: string; at: string } | null = null

  constructor(
    private readonly session: Session,
    private readonly table: ObjectTable,
  ) {}

  /** Where one is, to tell whether one has gone elsewhere. */
  private get here(): string {
    const { accountId, bucket, prefix } = this.session
    return JSON.stringify([accountId, bucket, prefix])
  }

  /**
   * Goes to a typed address, and to the object it names. False when one went elsewhere while it was read: then that
   * counts, and not what was typed before.
   */
  async goTo(text: string): Promise<boolean> {
    const { accountId, backend } = this.session
    const { here } = this
    if (accountId === null) return false
    const { bucket, prefix, key } = await backend.readAddress(accountId, text)
    if (here !== this.here) return false
    this.session.go({ bucket, prefix })
    if (key !== null) this.find(key)
    return true
  }

  /** Selects this key as soon as the listing can, unless one leaves before. */
  find(key: string): void {
    this.wanted = { key, at: this.here }
  }

  /** Called when the listing has news: the wanted key is selected when the listing is there. */
  async settle(): Promise<void> {
    const { view } = this.session
    if (this.wanted !== null && this.wanted.at !== this.here) this.wanted = null
    if (this.wanted === null || view.id === null || view.status?.state !== 'complete') return
    const { key } = this.wanted
    this.wanted = null
    await this.table.seek(key)
  }
}

const key = Symbol('path edit')

export function providePathEdit(edit: PathEdit): void {
  setContext(key, edit)
}

export function getPathEdit(): PathEdit {
  return getContext<PathEdit>(key)
}
