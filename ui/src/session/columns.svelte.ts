// The columns of the object table: which are shown, how wide, and in which order. The name is always there, comes first and
// takes the room that is left; the others keep their width and stand at the right.

export const columnIds = ['name', 'size', 'type', 'lastModified', 'storageClass', 'access'] as const
export type ColumnId = (typeof columnIds)[number]
export type Column = { id: ColumnId; width: number; shown: boolean }

/** What a width may be, in pixels. */
export const columnSize = { min: 48, max: 480 }

const widths: Record<ColumnId, number> = {
  name: 0,
  size: 82,
  type: 104,
  lastModified: 136,
  storageClass: 88,
  access: 84,
}
/** What a narrow window and then a small one leaves out. */
const leftOut: Record<'narrow' | 'small', ColumnId[]> = {
  narrow: ['type', 'storageClass'],
  small: ['type', 'storageClass', 'lastModified'],
}

const fresh = (id: ColumnId): Column => ({ id, width: widths[id], shown: true })
const clamp = (width: number) => Math.round(Math.min(Math.max(width, columnSize.min), columnSize.max))

function readColumn(found: unknown): Column[] {
  const { id, width, shown } = (found ?? {}) as Partial<Record<keyof Column, unknown>>
  const known = columnIds.find((one) => one === id)
  if (known === undefined || known === 'name') return []
  const wide = typeof width === 'number' && Number.isFinite(width) ? clamp(width) : widths[known]
  return [{ id: known, width: wide, shown: shown !== false }]
}

/** Reads saved columns; whatever they hold, each column comes out once and the name first. */
export function readColumns(found: unknown): Column[] {
  const read = Array.isArray(found) ? found.flatMap(readColumn) : []
  const once = read.filter((column, at) => read.findIndex(({ id }) => id === column.id) === at)
  const missing = columnIds.filter((id) => id !== 'name' && !once.some((column) => column.id === id))
  return [fresh('name'), ...once, ...missing.map(fresh)]
}

export class Columns {
  /** All columns in their order, hidden ones too. */
  all = $state.raw<Column[]>([])

  constructor(saved: Column[]) {
    this.all = saved
  }

  get shown(): Column[] {
    return this.all.filter(({ shown }) => shown)
  }

  /** The tracks of a row for a window of this size: columns give way before the name becomes unreadable. */
  tracks(room: 'wide' | 'narrow' | 'small'): string {
    const out = room === 'wide' ? [] : leftOut[room]
    const tracks = this.shown
      .filter(({ id }) => !out.includes(id))
      .map(({ id, width }) => (id === 'name' ? 'minmax(140px, 1fr)' : `minmax(${columnSize.min}px, ${width}px)`))
    return tracks.join(' ')
  }

  resize(id: ColumnId, width: number): void {
    if (id !== 'name') this.change(id, { width: clamp(width) })
  }

  resetWidth(id: ColumnId): void {
    this.change(id, { width: widths[id] })
  }

  show(id: ColumnId, shown: boolean): void {
    if (id !== 'name') this.change(id, { shown })
  }

  /** Puts a column before another one, or last. */
  move(id: ColumnId, before: ColumnId | null): void {
    const column = this.all.find((one) => one.id === id)
    if (column === undefined || id === 'name' || before === 'name' || before === id) return
    const others = this.all.filter((one) => one.id !== id)
    const at = before === null ? others.length : others.findIndex((one) => one.id === before)
    this.all = others.toSpliced(at, 0, column)
  }

  /** Whether it can move one place, to the left or to the right. */
  canStep(id: ColumnId, step: 1 | -1): boolean {
    const at = this.all.findIndex((one) => one.id === id)
    return at > 0 && at + step > 0 && at + step < this.all.length
  }

  /** Moves it one place. */
  step(id: ColumnId, step: 1 | -1): void {
    if (!this.canStep(id, step)) return
    const at = this.all.findIndex((one) => one.id === id)
    this.move(id, (step === 1 ? this.all[at + 2] : this.all[at - 1])?.id ?? null)
  }

  /** As in a fresh window. */
  reset(): void {
    this.all = readColumns(null)
  }

  private change(id: ColumnId, part: Partial<Column>): void {
    this.all = this.all.map((column) => (column.id === id ? { ...column, ...part } : column))
  }
}
