// What ties the window to the world outside it: subscriptions, the width of the window, the theme, and the layout that is
// written down. Called once from the root component; everything is undone with it.
import type { JobView } from '$backend/backend'
import { announcement, takenUp } from '$features/transfers/words'
import { followTheme } from '$lib/theme'
import { untrack } from 'svelte'
import { naturalZoom } from '$lib/zoom'
import type { Session } from '$session/session.svelte'
import type { Shell } from './shell.svelte'
import { words } from './words'

/** Writes of the layout are this far apart at least. */
const savePause = 400
/** Transfers do not wait longer than this for a list that may never come. */
const listPatience = 3_000

/** Starts everything that keeps the window in step. */
export function followWorld(shell: Shell): void {
  $effect(() => followAccount(shell))
  $effect(() => followTransfers(shell))
  $effect(takeUp(shell))
  $effect(() => followDrops(shell))
  $effect(() => askBeforeClosing(shell))
  $effect(() => followWidth(shell))
  $effect(() => showSettings(shell))
  $effect(followZoom(shell))
  $effect(() => saveLayout(shell))
  $effect(() => closeOverlay(shell))
}

/** Another account: its buckets. News about buckets: the list again. */
function followAccount({ session, buckets }: Shell): () => void {
  void session.accountId
  buckets.reset()
  void buckets.load()
  return session.onChanged(({ accountId, bucket, what }) => {
    if (accountId !== session.accountId) return
    if (what === 'buckets') void buckets.load()
    if (what === 'access' && bucket !== null) buckets.accessChanged(bucket)
  })
}

/** A transfer that ended: what it changed is looked at again, and a failure is said. */
export function followTransfers({ session, transfers }: Pick<Shell, 'session' | 'transfers'>): () => void {
  const stop = transfers.follow()
  const ended = transfers.onEnded((job) => jobEnded(job))
  function jobEnded(job: JobView) {
    const { kind, accountId, bucket, state } = job
    if (state === 'failed') sayFailed(session, job)
    if (kind === 'download') return
    if (kind === 'access') session.changed({ accountId, bucket, what: 'access' })
    else session.changed({ accountId, bucket, what: 'objects' })
    if (kind !== 'emptyBucket' || state !== 'done') return
    if (accountId === session.accountId) session.leaveBucket(bucket)
    session.changed({ accountId, bucket, what: 'buckets' })
  }
  return () => {
    stop()
    ended()
  }
}

/** A transfer that failed says so wherever one looks. */
function sayFailed(session: Session, job: JobView): void {
  const action = { title: words.show, run: () => session.showTab('transfers') }
  session.toasts.show({ text: announcement(job), icon: 'alert', tone: 'bad', action })
}

/** What an earlier run left is taken up when the first list is there, for the start belongs to what one sees, or when that
 *  takes long. What waited for an account is asked for again when the accounts change, as when its key was entered. */
export function takeUp(shell: Pick<Shell, 'session' | 'transfers' | 'buckets'>): () => (() => void) | undefined {
  const { session, transfers } = shell
  let asked: Session['accounts'] | null = null
  function ask() {
    asked = session.accounts
    session.attempt(() => sayTakenUp(shell))
  }
  return () => {
    const { accounts } = session
    if (asked !== null) {
      const waits = (transfers.takenUp?.waitingAccounts ?? 0) > 0
      if (asked !== accounts && waits) untrack(ask)
      return undefined
    }
    if (hasList(shell)) {
      untrack(ask)
      return undefined
    }
    const timer = setTimeout(ask, listPatience)
    return () => clearTimeout(timer)
  }
}

/** Whether the window shows what it opened with. */
function hasList({ session, buckets }: Pick<Shell, 'session' | 'buckets'>): boolean {
  if (session.account === null) return true
  if (session.bucket === null) return buckets.list !== null || buckets.error !== null
  const { status } = session.view
  return status !== null && (status.state !== 'listing' || status.listed > 0)
}

async function sayTakenUp({ session, transfers }: Pick<Shell, 'session' | 'transfers'>): Promise<void> {
  const taken = await transfers.takeUp()
  if (taken === null) return
  const action = { title: words.show, run: () => session.showTab('transfers') }
  session.toasts.show({ text: takenUp.title(taken), icon: 'history', tone: 'plain', action })
}

/** A subscription that comes as a promise and may be left before it is there. */
function subscribe(start: () => Promise<() => void>, failed: (work: () => Promise<unknown>) => void): () => void {
  let left = false
  let stop: (() => void) | null = null
  failed(async () => {
    stop = await start()
    if (left) stop()
  })
  return () => {
    left = true
    stop?.()
  }
}

/** The backend says where files are dragged; whether Shift is held only the page's own events of the same drag say. */
function followDrops({ session }: Shell): () => void {
  const dragged = (event: DragEvent) => (session.drops.held = event.shiftKey)
  addEventListener('dragover', dragged)
  const stop = subscribe(
    () => session.backend.watchDrops((event) => session.drops.take(event)),
    (work) => session.attempt(work),
  )
  return () => {
    removeEventListener('dragover', dragged)
    stop()
  }
}

/** Closing would throw away what is under way. */
function askBeforeClosing({ session }: Shell): () => void {
  return subscribe(
    () => session.backend.watchClosing((running) => session.dialogs.open({ kind: 'quit', running })),
    (work) => session.attempt(work),
  )
}

/** One media query as a value that follows the window. */
function watch(query: string, take: (matches: boolean) => void): () => void {
  const media = matchMedia(query)
  const told = () => take(media.matches)
  told()
  media.addEventListener('change', told)
  return () => media.removeEventListener('change', told)
}

function followWidth(shell: Shell): () => void {
  const stops = [
    watch('(max-width: 900px)', (narrow) => (shell.narrow = narrow)),
    watch('(max-width: 700px), (max-height: 480px)', (small) => {
      shell.small = small
      // A window that became small shows its objects, not the details over them.
      shell.session.layout.dockSheet = false
    }),
  ]
  return () => stops.forEach((stop) => stop())
}

function showSettings({ session: { settings } }: Shell): () => void {
  document.documentElement.dataset.density = settings.density
  return followTheme(settings.theme)
}

/** The window draws everything larger or smaller. It starts at its natural size, so then nothing need be said. */
function followZoom({ session }: Shell): () => void {
  let shown = naturalZoom
  return () => {
    const percent = session.layout.zoom
    if (percent === shown) return
    shown = percent
    session.attempt(() => session.backend.windowAction({ zoom: percent }))
  }
}

function saveLayout({ session }: Shell): () => void {
  const text = JSON.stringify(session.layout.save(session.accountId, session.place))
  const timer = setTimeout(() => session.attempt(() => session.backend.saveLayout(text)), savePause)
  return () => clearTimeout(timer)
}

/** A chosen bucket is what the overlay was opened for. */
function closeOverlay(shell: Shell): void {
  void shell.session.bucket
  shell.sidebarOver = false
}
