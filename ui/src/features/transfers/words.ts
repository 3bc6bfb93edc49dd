// The words of transfers.
import type { ErrorCode, ItemStanding, JobView, TakenUpView } from '$backend/bindings'
import { formatDuration, formatNumber, formatSize, formatTimeExactly, plural } from '$lib/format'

export const filterNames = {
  all: 'All',
  running: 'Running',
  queued: 'Queued',
  paused: 'Paused',
  failed: 'Failed',
  done: 'Done',
} as const
export type Filter = keyof typeof filterNames

/** `544 of 812 MB`: the unit is said once where both have it. */
export function amountOf(done: number, total: number): string {
  const [all, part] = [formatSize(total), formatSize(done)]
  const unit = all.slice(all.lastIndexOf(' '))
  return part.endsWith(unit) ? `${part.slice(0, -unit.length)} of ${all}` : `${part} of ${all}`
}

export const panel = {
  label: 'Transfers',
  show: 'Show',
  list: 'List of transfers',
  running: (running: number, total: number) => `${formatNumber(running)} of ${formatNumber(total)} running`,
  idle: 'Nothing is running',
  percentLeft: (percent: number, secondsLeft: number | null) =>
    secondsLeft === null ? `${percent}%` : `${percent}% · ${formatDuration(secondsLeft)} left`,
  bytes: amountOf,
  queued: (count: number) => `${formatNumber(count)} queued`,
  paused: (count: number) => `${formatNumber(count)} paused`,
  failed: (count: number) => `${formatNumber(count)} failed`,
  done: (count: number) => `${formatNumber(count)} done`,
  cancelled: (count: number) => `${formatNumber(count)} cancelled`,
  pauseAll: 'Pause all',
  nothingToPause: 'Nothing is running or waiting',
  resumeAll: 'Resume all',
  cancelAll: 'Cancel all',
  nothingToCancel: 'Nothing is running, waiting or paused',
  clearDone: 'Clear done',
  nothingToClear: 'Nothing is done yet',
  all: 'All transfers',
  last: 'Last 90 s',
  speed: (up: string, down: string) => `↑ ${up} ↓ ${down}`,
  speedSpoken: (speed: string) => `Speed over the last 90 seconds, now ${speed}`,
  empty: 'No transfers yet',
  emptyText: 'Uploads, downloads and large changes show their progress here.',
  emptyFilter: (filter: Filter) => `No ${filterNames[filter].toLowerCase()} transfers`,
  showAll: 'Show all',
  showMore: (count: number) => `Show more of ${plural(count, 'transfer')}`,
}

/** Why a transfer cannot be moved. */
export const notMoved = {
  waitsNot: 'Choose a transfer that waits for its turn',
  first: 'It is the next one already',
  last: 'It is the last one already',
}

export const limits = {
  atOnce: 'At once',
  atOnceSpoken: 'Transfers at work at once',
  limit: 'Limit',
  up: '↑',
  upSpoken: 'Limit of the speed up',
  down: '↓',
  downSpoken: 'Limit of the speed down',
  none: 'None',
}

export const row = {
  actions: 'Transfer actions',
  moveTop: 'Move to top',
  moveUp: 'Move up',
  moveDown: 'Move down',
  moveBottom: 'Move to bottom',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  remove: 'Remove from list',
  retry: 'Retry',
  showErrors: (count: number) => (count === 1 ? 'Show the error' : `Show ${plural(count, 'error')}`),
  hideErrors: 'Hide',
  copyError: 'Copy details',
  left: (seconds: number) => `${formatDuration(seconds)} left`,
  items: (done: number, total: number) => `${formatNumber(done)} of ${plural(total, 'object')}`,
  skipped: (count: number) => `${formatNumber(count)} skipped`,
  someFailed: (failed: number, total: number) => `${formatNumber(failed)} of ${formatNumber(total)} failed.`,
  request: (id: string) => `request ${id}`,
}

export const stateNames: Record<JobView['state'], string> = {
  queued: 'Queued',
  running: 'Running',
  paused: 'Paused',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** One word for why something failed, before the sentence that says it. */
export function causeWord(code: ErrorCode): string {
  const words: Partial<Record<ErrorCode, string>> = {
    accessDenied: 'Refused.',
    invalidCredentials: 'Keys refused.',
    network: 'Stopped.',
    timeout: 'Timed out.',
    throttled: 'Too busy.',
    diskFull: 'Disk full.',
    localIo: 'File problem.',
    corrupt: 'Damaged on the way.',
    preconditionFailed: 'Changed meanwhile.',
    notFound: 'Not there.',
  }
  return words[code] ?? 'Failed.'
}

/** What a screen reader hears when a transfer ends. */
export function announcement(job: JobView): string {
  const how = job.state === 'failed' ? (job.errors[0]?.message ?? 'failed') : stateNames[job.state].toLowerCase()
  return `${job.title}: ${how}`
}

export const finishedAt = (at: number) => formatTimeExactly(at)

// ── what an earlier run left ──

const oneOrMany = (count: number, one: string, many: string) => (count === 1 ? one : many)

export const takenUp = {
  title: ({ resumed, paused, waitingAccounts }: TakenUpView) => {
    if (resumed > 0) return `Resumed ${plural(resumed, 'transfer')}.`
    if (paused > 0) return `${plural(paused, 'transfer')} ${oneOrMany(paused, 'is', 'are')} still paused.`
    return `Transfers of ${plural(waitingAccounts, 'account')} wait.`
  },
  text: ({ resumed, paused, itemsKept, bytesKept, waitingAccounts }: TakenUpView) => {
    const size = bytesKept > 0 ? ` (${formatSize(bytesKept)})` : ''
    const kept = `${plural(itemsKept, 'object')}${size}`
    const those = plural(waitingAccounts, 'account')
    return [
      resumed > 0 ? `Dipper was closed before ${oneOrMany(resumed, 'it', 'they')} finished.` : '',
      itemsKept > 0 ? `${kept} ${oneOrMany(itemsKept, 'was kept and is', 'were kept and are')} not repeated.` : '',
      resumed > 0 && paused > 0 ? `${formatNumber(paused)} ${oneOrMany(paused, 'is', 'are')} still paused.` : '',
      waitingAccounts > 0 ? `The transfers of ${those} go on when the secret key is there.` : '',
    ]
      .filter(Boolean)
      .join(' ')
  },
  dismiss: 'Dismiss',
  accounts: 'Manage accounts',
}

// ── the objects of one transfer ──

export const standingNames: Record<ItemStanding, string> = {
  waiting: 'Waiting',
  // The engine takes some hundred at a time, of which sixteen move.
  begun: 'Now or next',
  done: 'Done',
  skipped: 'Left as it was',
  failed: 'Failed',
}

export const items = {
  list: (title: string) => `Objects of ${title}`,
  none: 'No objects are known yet',
  noneFailed: 'No object failed',
  onlyFailed: 'Only failed ones',
  loading: 'Looking…',
}
