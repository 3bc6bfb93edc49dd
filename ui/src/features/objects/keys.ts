// What a key press in the table means. Pure, so that every key is tested without a page.
import type { Extend } from './table.svelte'

export type TableAction = { kind: 'go'; index: number; extend: Extend } | { kind: 'open' } | { kind: 'none' } | null

/** The action of a key, or null when the table has none for it. `page` is how many rows fit. */
export function tableAction(event: KeyboardEvent, cursor: number, total: number, page: number): TableAction {
  const command = event.ctrlKey || event.metaKey
  if (event.altKey) return null
  const steps: Record<string, number> = {
    ArrowDown: cursor + 1,
    ArrowUp: cursor - 1,
    PageDown: cursor + page,
    PageUp: cursor - page,
    Home: 0,
    End: total - 1,
  }
  const index = steps[event.key]
  if (index !== undefined) {
    const extend = event.shiftKey ? 'range' : command ? 'move' : 'only'
    return { kind: 'go', index: Math.min(Math.max(index, 0), Math.max(0, total - 1)), extend }
  }
  if (event.key === ' ' && !event.shiftKey) return { kind: 'go', index: cursor, extend: command ? 'toggle' : 'only' }
  if (event.key === 'Enter' && !command && !event.shiftKey) return { kind: 'open' }
  if (event.key === 'Escape') return { kind: 'none' }
  return null
}

/** What a click with these modifiers does to the selection. */
export function clickExtend(event: MouseEvent): Extend {
  if (event.shiftKey) return 'range'
  return event.ctrlKey || event.metaKey ? 'toggle' : 'only'
}
