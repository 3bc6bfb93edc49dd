// Whether the path is being typed, and the key somebody asked to see once its folder is listed.
import { getContext, setContext } from 'svelte'
import type { Session } from '$session/session.svelte'
import type { ObjectTable } from './table.svelte'

export class PathEdit {
  open = $state(false)
  private wanted: string | null = null

  constructor(
    private readonly session: Session,
    private readonly table: ObjectTable,
  ) {}

  /** Selects this key as soon as the listing can. */
  find(key: string): void {
    this.wanted = key
  }

  /** Called when the listing has news: the wanted key is selected when the listing is there. */
  async settle(): Promise<void> {
    const { view } = this.session
    if (this.wanted === null || view.id === null || view.status?.state !== 'complete') return
    const key = this.wanted
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
