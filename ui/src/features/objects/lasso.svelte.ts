// A rectangle drawn over the table: the rows it touches are shown as selected while it grows and shrinks, and are selected
// when it is let go. It is anchored in the list, not in the window, so the list may scroll below the pointer.

/** What the lasso knows of the list it is drawn over; `top` is how far its window stands below its first row. */
export type LassoGround = {
  top: () => number
  height: () => number
  rows: () => number
  rowHeight: () => number
  scrollBy: (distance: number) => void
}

/** Whether a row is selected, and where in its block: neighbours join. */
export type RowMark = '' | 'inside' | 'first' | 'last' | 'only'

export type LassoRows = { from: number; to: number }

/** How far a press may wander before it is a lasso. */
export const slack = 4
/** Beyond an edge the list scrolls, the faster the farther: this share of the distance each frame, and no more than this. */
const share = 0.25
const fastest = 40

export class Lasso {
  /** Where it is drawn, in the window of the list; null while there is none. */
  box = $state.raw<{ left: number; top: number; width: number; height: number } | null>(null)
  /** The rows it touches. */
  rows = $state.raw<LassoRows | null>(null)
  additive = $state(false)
  private start: { x: number; y: number } | null = null
  private point = { x: 0, y: 0 }

  constructor(private readonly ground: LassoGround) {}

  get active(): boolean {
    return this.box !== null
  }

  /** A press on empty space, from the left and top edge of the list's window. */
  press(x: number, y: number, additive: boolean): void {
    this.cancel()
    this.additive = additive
    this.start = { x, y: y + this.ground.top() }
  }

  /** Follows the pointer; says whether it is a lasso by now. */
  move(x: number, y: number): boolean {
    const { start } = this
    if (start === null) return false
    const wandered = Math.abs(x - start.x) + Math.abs(y + this.ground.top() - start.y)
    if (!this.active && wandered < slack) return false
    this.point = { x, y }
    this.draw(start)
    return true
  }

  /** One frame: scrolls when the pointer is beyond an edge. */
  frame(): void {
    const { start, point, ground } = this
    if (start === null || !this.active) return
    const beyond = point.y < 0 ? point.y : Math.max(0, point.y - ground.height())
    if (beyond === 0) return
    ground.scrollBy(Math.min(Math.max(beyond * share, -fastest), fastest))
    this.draw(start)
  }

  private draw(start: { x: number; y: number }): void {
    const { point, ground } = this
    const top = ground.top()
    const [high, low] = [Math.min(start.y, point.y + top), Math.max(start.y, point.y + top)]
    const left = Math.min(start.x, point.x)
    const shown = Math.max(high - top, 0)
    this.box = {
      left,
      top: shown,
      width: Math.abs(point.x - start.x),
      height: Math.max(0, Math.min(low - top, ground.height()) - shown),
    }
    const last = ground.rows() - 1
    const from = Math.max(0, Math.floor(high / ground.rowHeight()))
    const to = Math.min(last, Math.floor(low / ground.rowHeight()))
    this.rows = from > to ? null : { from, to }
  }

  /** How a row is drawn: as it is selected, or as the lasso would have it. */
  mark(index: number, selected: (index: number) => boolean): RowMark {
    if (!this.picks(index, selected)) return ''
    const below = this.picks(index + 1, selected)
    if (this.picks(index - 1, selected)) return below ? 'inside' : 'last'
    return below ? 'first' : 'only'
  }

  private picks(index: number, selected: (index: number) => boolean): boolean {
    if (!this.active) return selected(index)
    const inside = this.rows !== null && index >= this.rows.from && index <= this.rows.to
    return inside || (this.additive && selected(index))
  }

  /** Lets go: the rows it touched, from where it began; null when there was no lasso or it touched none. */
  release(): LassoRows | null {
    const { rows, start, point, ground } = this
    const upwards = start !== null && point.y + ground.top() < start.y
    this.cancel()
    return rows !== null && upwards ? { from: rows.to, to: rows.from } : rows
  }

  cancel(): void {
    this.start = null
    this.box = null
    this.rows = null
  }
}
