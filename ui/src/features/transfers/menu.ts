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
  const moves = commands.entries([
    'transfers.moveTop',
    'transfers.moveUp',
    'transfers.moveDown',
    'transfers.moveBottom',
  ])
  return [...entries, { kind: 'rule' }, ...moves, { kind: 'rule' }, last]
}
