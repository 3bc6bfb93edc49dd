// What the menu of a transfer holds: what can be done with it as it stands, then where it can be moved.
import type { JobView } from '$backend/backend'
import type { MenuEntry } from '$components/menu'
import type { Commands } from '$session/commands'
import type { Transfers } from './transfers.svelte'
import { row as words } from './words'

export function transferEntries(view: JobView | null, transfers: Transfers, commands: Commands): MenuEntry[] {
  if (view === null) return []
  const { id, state } = view
  const action = (title: string, icon: 'pause' | 'play' | 'x' | 'refresh', run: () => Promise<void>): MenuEntry => ({
    kind: 'action',
    id: `transfer.${icon}`,
    title,
    icon,
    run: () => void run(),
  })
  const entries: MenuEntry[] = []
  if (state === 'running' || state === 'queued') {
    entries.push(action(words.pause, 'pause', () => transfers.pause(id)))
  }
  if (state === 'paused') entries.push(action(words.resume, 'play', () => transfers.resume(id)))
  if (state === 'failed') entries.push(action(words.retry, 'refresh', () => transfers.retry(id)))
  const ended = state === 'failed' || state === 'done' || state === 'cancelled'
  const last = ended
    ? action(words.remove, 'x', () => transfers.forget(id))
    : action(words.cancel, 'x', () => transfers.cancel(id))
  if (state !== 'queued') return [...entries, last]
  return [...entries, { kind: 'rule' }, ...moves(commands), { kind: 'rule' }, last]
}

/** The moves as the palette has them; in a transfer's own menu nobody has to be told of what. */
function moves(commands: Commands): MenuEntry[] {
  const titles = {
    'transfers.moveTop': words.moveTop,
    'transfers.moveUp': words.moveUp,
    'transfers.moveDown': words.moveDown,
    'transfers.moveBottom': words.moveBottom,
  } as const
  const ids = Object.keys(titles) as (keyof typeof titles)[]
  return ids.flatMap((id) => commands.entries([id]).map((entry) => ({ ...entry, title: titles[id] })))
}
