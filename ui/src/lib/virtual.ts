// The arithmetic of a long list: which rows are in view and where they stand. No web view draws an element taller than
// about 33.5 million pixels (and none says so), so above a cap the scroll bar stands for the list instead of measuring it:
//
//   offset   where the window stands in the whole list, in real pixels, 0 … listHeight - viewHeight
//   scroll   where the scroll bar stands,                               0 … spaceHeight - viewHeight
//
// Below the cap both are the same number. Above it a wheel turn moves `offset` exactly and the scroll bar by its share.

/** The tallest element we ask for. */
export const tallestElement = 30_000_000

/** A window on `count` rows of one height. */
export class VirtualWindow {
  readonly listHeight: number
  readonly spaceHeight: number

  constructor(
    readonly count: number,
    readonly rowHeight: number,
    readonly viewHeight: number,
    cap = tallestElement,
  ) {
    this.listHeight = count * rowHeight
    this.spaceHeight = Math.min(this.listHeight, cap)
  }

  /** Whether the scroll bar is shorter than the list. */
  get scaled(): boolean {
    return this.spaceHeight < this.listHeight
  }

  private get lastOffset(): number {
    return Math.max(0, this.listHeight - this.viewHeight)
  }

  private get lastScroll(): number {
    return Math.max(0, this.spaceHeight - this.viewHeight)
  }

  /** The nearest offset that exists. */
  clamp(offset: number): number {
    return Math.min(Math.max(0, offset), this.lastOffset)
  }

  /** Where the list stands when the scroll bar stands at `scroll`. */
  offsetOf(scroll: number): number {
    if (!this.scaled) return this.clamp(scroll)
    return this.clamp((scroll / this.lastScroll) * this.lastOffset)
  }

  /** Where the scroll bar stands when the list stands at `offset`. */
  scrollOf(offset: number): number {
    if (!this.scaled) return this.clamp(offset)
    return (this.clamp(offset) / this.lastOffset) * this.lastScroll
  }

  /** First row to draw and the one after the last, with `extra` rows on both sides. */
  rows(offset: number, extra: number): { start: number; end: number } {
    const start = Math.max(0, Math.floor(offset / this.rowHeight) - extra)
    const end = Math.min(this.count, Math.ceil((offset + this.viewHeight) / this.rowHeight) + extra)
    return { start, end: Math.max(start, end) }
  }

  /** The offset that shows a row whole, moving as little as possible. */
  reveal(index: number, offset: number): number {
    const top = index * this.rowHeight
    if (top < offset) return this.clamp(top)
    const bottom = top + this.rowHeight
    if (bottom > offset + this.viewHeight) return this.clamp(bottom - this.viewHeight)
    return this.clamp(offset)
  }
}
