// The table of objects: the rows in view, the cursor, and who can reach them. Rows and the selection live in the backend;
// here is only the window being drawn. A key press changes the drawn rows at once, then the backend, then the rows again.
import type { AccessBadge, RowView, SelectionChange, Sort } from '$backend/backend'
import type { Session } from '$session/session.svelte'
import { SelectAll } from './selectAll.svelte'
import { words } from './words'

/** Access is asked for when scrolling has rested this long. */
export const restTime = 200
const mostRows = 200

export type Extend = 'only' | 'range' | 'toggle' | 'move'

export class ObjectTable {
  rows = $state.raw<readonly RowView[]>([])
  start = $state(0)
  total = $state(0)
  cursor = $state(0)
  access = $state.raw<ReadonlyMap<string, AccessBadge>>(new Map())
  /** A row that was found and is to be scrolled to; a new object each time. */
  sought = $state.raw<{ index: number } | null>(null)
  readonly all: SelectAll
  private viewId: string | null = null
  private wanted = { start: 0, end: 0 }
  private finishedAt: number | null = null
  private anchor = 0
  private fetching = false
  private again = false
  private asked = new Set<string>()
  private rest: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly session: Session) {
    const gaveUp = () => session.toasts.show({ text: words.allGaveUp, icon: 'info', tone: 'plain' })
    this.all = new SelectAll(() => this.select({ kind: 'all' }), gaveUp)
  }

  private get view() {
    return this.session.view
  }

  row(index: number): RowView | undefined {
    return this.rows[index - this.start]
  }

  get current(): RowView | undefined {
    return this.row(this.cursor)
  }

  // ── rows ──

  /** Takes note that the view is another one or has other rows. Once it was listed anew, access is asked anew. */
  follow(viewId: string | null, matching: number, finishedAt: number | null = null): void {
    if (viewId !== this.viewId) this.reset(viewId)
    if (this.finishedAt !== null && finishedAt !== null && finishedAt !== this.finishedAt) this.forgetAccess()
    this.finishedAt = finishedAt ?? this.finishedAt
    this.total = matching
    if (this.cursor >= matching) this.cursor = Math.max(0, matching - 1)
    void this.fetch()
  }

  private reset(viewId: string | null): void {
    this.viewId = viewId
    this.rows = []
    this.start = 0
    this.total = 0
    this.cursor = 0
    this.anchor = 0
    this.finishedAt = null
    this.forgetAccess()
    clearTimeout(this.rest)
  }

  /** Says which rows are in view. */
  show(start: number, end: number): void {
    this.wanted = { start, end }
    void this.fetch()
  }

  /** Gets the rows in view. While one answer is awaited, many wishes become one more question. */
  private async fetch(): Promise<void> {
    if (this.fetching) {
      this.again = true
      return
    }
    this.fetching = true
    try {
      do {
        this.again = false
        await this.fetchOnce()
      } while (this.again)
    } finally {
      this.fetching = false
    }
  }

  private async fetchOnce(): Promise<void> {
    const id = this.viewId
    const { start, end } = this.wanted
    if (id === null || end <= start) return
    try {
      const found = await this.session.backend.rows(id, start, Math.min(end - start, mostRows))
      if (id !== this.viewId) return
      this.rows = found.rows
      this.start = found.start
      this.total = found.total
      this.checkAccessSoon()
    } catch (error) {
      // A view that was closed meanwhile has no rows to give.
      if (id === this.viewId) this.session.attempt(() => Promise.reject(error))
    }
  }

  // ── access ──

  private checkAccessSoon(): void {
    clearTimeout(this.rest)
    this.rest = setTimeout(() => void this.checkAccess(), restTime)
  }

  private async checkAccess(): Promise<void> {
    const id = this.viewId
    const keys = this.rows.filter(({ kind, key }) => kind === 'object' && !this.asked.has(key)).map(({ key }) => key)
    if (id === null || keys.length === 0) return
    const { asked } = this
    for (const key of keys) asked.add(key)
    try {
      const badges = await this.session.backend.rowAccess(id, keys)
      if (id !== this.viewId || asked !== this.asked) return
      const access = new Map(this.access)
      keys.forEach((key, index) => {
        const badge = badges[index]
        if (badge !== undefined) access.set(key, badge)
      })
      this.access = access
    } catch {
      // The cell stays blank: the table promises access only where the account may read it. The event log has the reason.
      for (const key of keys) asked.delete(key)
    }
  }

  /** Asks again for the rows in view after access was changed. */
  accessChanged(): void {
    this.forgetAccess()
    this.checkAccessSoon()
  }

  /** An answer that is still on its way is about what was before. */
  private forgetAccess(): void {
    this.access = new Map()
    this.asked = new Set()
  }

  // ── cursor and selection ──

  /** Goes to a row: alone, as the end of a range from the anchor, toggling it, or only moving the cursor. */
  async go(index: number, extend: Extend): Promise<void> {
    if (this.total === 0) return
    const to = Math.min(Math.max(index, 0), this.total - 1)
    this.cursor = to
    if (extend === 'range') {
      await this.select({ kind: 'range', from: this.anchor, to, additive: false })
      return
    }
    if (extend === 'move') return
    this.anchor = to
    await this.select({ kind: extend, index: to })
  }

  /** Selects the row a menu was asked for, unless it is selected already. */
  async point(index: number): Promise<void> {
    if (this.row(index)?.selected) this.cursor = index
    else await this.go(index, 'only')
  }

  /** Selects a key wherever it stands, and scrolls to it. A key that is not listed selects nothing. */
  async seek(key: string): Promise<void> {
    await this.select({ kind: 'key', key })
    const { single } = this.view.selection
    if (single === null) return
    this.cursor = single.index
    this.anchor = single.index
    this.sought = { index: single.index }
  }

  /** All rows that match; asks first while the listing still runs. */
  async selectAll(): Promise<void> {
    if (this.viewId !== null) await this.all.ask(this.viewId, this.view.status?.state ?? 'listing')
  }

  /** Selects the rows of a lasso; the cursor goes where it was let go. */
  async take({ from, to }: { from: number; to: number }, additive: boolean): Promise<void> {
    this.anchor = from
    this.cursor = to
    await this.select({ kind: 'range', from, to, additive })
  }

  async selectNone(): Promise<void> {
    await this.select({ kind: 'none' })
  }

  /** Goes to the next row whose name starts with what was typed. */
  async type(typed: string): Promise<number | null> {
    if (this.viewId === null) return null
    const from = typed.length === 1 ? this.cursor + 1 : this.cursor
    const found = await this.session.backend.findRow(this.viewId, typed, from)
    if (found !== null) await this.go(found, 'only')
    return found
  }

  private async select(change: SelectionChange): Promise<void> {
    this.rows = this.rows.map((row) => {
      const selected = selectedAfter(row, change)
      return selected === row.selected ? row : { ...row, selected }
    })
    await this.view.select(change)
    await this.fetch()
  }

  /** Sorts by a column; the same one again turns it around. Remembered for all listings. */
  async sortBy(column: Sort['column']): Promise<void> {
    const { layout, view } = this.session
    const turned = layout.sort.column === column && layout.sort.direction === 'ascending'
    layout.sort = { column, direction: turned ? 'descending' : 'ascending' }
    await view.sort(layout.sort)
  }
}

/** What a change makes of a drawn row; the backend's answer corrects it. */
export function selectedAfter(row: RowView, change: SelectionChange): boolean {
  switch (change.kind) {
    case 'only':
      return row.index === change.index
    case 'toggle':
      return row.index === change.index ? !row.selected : row.selected
    case 'range': {
      const inside = row.index >= Math.min(change.from, change.to) && row.index <= Math.max(change.from, change.to)
      return inside || (change.additive && row.selected)
    }
    case 'all':
      return true
    case 'none':
      return false
    case 'key':
      return row.key === change.key
  }
}
