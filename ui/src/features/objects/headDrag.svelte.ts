// Dragging a head to another place. A press that hardly moves is a click, which sorts.
import type { ColumnId, Columns } from '$session/columns.svelte'

/** How far a press may wander before it is a drag. */
export const slack = 5

export type HeadBox = { id: ColumnId; left: number; width: number }

export class HeadDrag {
  moving = $state<ColumnId | null>(null)
  /** What it would stand before; null is the end. */
  before = $state<ColumnId | null>(null)
  private pressed: { id: ColumnId; x: number } | null = null
  /** The click that ends a drag is none. */
  private ended = false

  constructor(private readonly columns: Columns) {}

  press(id: ColumnId, x: number): void {
    this.ended = false
    this.pressed = id === 'name' ? null : { id, x }
  }

  /** Follows the pointer over the heads as they are drawn. */
  move(x: number, boxes: HeadBox[]): void {
    if (this.pressed === null || (this.moving === null && Math.abs(x - this.pressed.x) < slack)) return
    this.moving = this.pressed.id
    this.before = boxes.find(({ id, left, width }) => id !== 'name' && x < left + width / 2)?.id ?? null
  }

  release(): void {
    if (this.moving !== null) this.columns.move(this.moving, this.before)
    this.ended = this.moving !== null
    this.cancel()
  }

  cancel(): void {
    this.pressed = null
    this.moving = null
    this.before = null
  }

  /** Whether a click now is the end of a drag; asked once. */
  takeClick(): boolean {
    const { ended } = this
    this.ended = false
    return ended
  }
}
