// Commands on transfers: on all of them, and on the one that was pointed at last.
import type { MoveTo } from '$backend/backend'
import { moveTransfer } from '../actions'
import type { CommandSpec } from '../spec'
import { words } from '../words'

const move = (id: CommandSpec['id'], to: MoveTo, more: Pick<CommandSpec, 'title' | 'icon' | 'keys'>): CommandSpec => ({
  id,
  ...more,
  disabled: ({ transfers }) => transfers.whyNotMove(transfers.current, to),
  run: moveTransfer(to),
})

export const transfers: CommandSpec[] = [
  {
    id: 'transfers.pauseAll',
    title: ({ transfers }) => (transfers.resumesAll ? 'Resume all transfers' : 'Pause all transfers'),
    icon: 'pause',
    keys: 'Ctrl+Shift+ ',
    disabled: ({ transfers }) => (transfers.active + transfers.totals.paused === 0 ? words.nothingToPause : null),
    run: ({ session, transfers }) =>
      session.attempt(() => (transfers.resumesAll ? transfers.resumeAll() : transfers.pauseAll())),
  },
  {
    id: 'transfers.cancelAll',
    title: 'Cancel all transfers',
    icon: 'x',
    disabled: ({ transfers }) => (transfers.active + transfers.totals.paused === 0 ? words.nothingRuns : null),
    run: ({ session, transfers }) => session.attempt(() => transfers.cancelAll()),
  },
  {
    id: 'transfers.clear',
    title: 'Clear done transfers',
    icon: 'check',
    disabled: ({ transfers: { totals } }) => (totals.done + totals.cancelled === 0 ? words.nothingDone : null),
    run: ({ session, transfers }) => session.attempt(() => transfers.clearFinished()),
  },
  {
    id: 'transfers.limits',
    title: 'Limit transfers…',
    icon: 'arrow-d',
    run: ({ session }) => session.dialogs.open({ kind: 'settings' }),
  },
  move('transfers.moveTop', 'top', { title: 'Move transfer to top', icon: 'arrow-u', keys: 'Alt+Shift+Home' }),
  move('transfers.moveUp', 'up', { title: 'Move transfer up', keys: 'Alt+Shift+ArrowUp' }),
  move('transfers.moveDown', 'down', { title: 'Move transfer down', keys: 'Alt+Shift+ArrowDown' }),
  move('transfers.moveBottom', 'bottom', {
    title: 'Move transfer to bottom',
    icon: 'arrow-d',
    keys: 'Alt+Shift+End',
  }),
]
