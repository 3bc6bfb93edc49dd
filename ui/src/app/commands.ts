// The one table of everything a person can do: menu bar, toolbars, context menus, shortcuts and palette all read it, so
// they say the same words and are disabled for the same reason. A command is listed when it works, not before.
import type { LinkRequest, Target } from '$backend/backend'
import type { IconName } from '$components/icons'
import type { CommandId } from '$session/commands'
import type { ActingPane } from '$session/session.svelte'
import type { Shell } from './shell.svelte'
import { words } from './words'

export type MenuName = 'Accounts' | 'Buckets' | 'Files' | 'Tools' | 'Help'

export type CommandSpec = {
  id: CommandId
  title: string | ((shell: Shell) => string)
  icon?: IconName
  /** As on Windows and Linux; on macOS Ctrl means ⌘ unless `mac` says otherwise. */
  keys?: string
  mac?: string
  /** The key belongs to the pane that has the focus, which hears it itself. */
  local?: boolean
  /** The same key serves both panes; this command answers when its pane acts. */
  pane?: ActingPane
  /** Why not now, or null. */
  disabled?: (shell: Shell) => string | null
  danger?: boolean
  run: (shell: Shell) => void
}

// ── why not ──

const needsAccount = ({ session }: Shell) => (session.account === null ? words.needsAccount : null)
const needsBucket = (shell: Shell) => needsAccount(shell) ?? (shell.session.bucket === null ? words.needsBucket : null)
const needsList = (shell: Shell) => needsBucket(shell) ?? (shell.session.view.id === null ? words.needsList : null)
const needsSelection = (shell: Shell) =>
  needsBucket(shell) ?? (shell.session.view.selected === 0 ? words.needsSelection : null)
const needsObject = (shell: Shell) =>
  needsSelection(shell) ?? (shell.session.view.selection.objects === 0 ? words.needsObject : null)
const needsOne = (shell: Shell) =>
  needsSelection(shell) ?? (shell.session.view.selection.single === null ? words.needsOne : null)

// ── what they do ──

const bucketTarget = ({ session }: Shell): Target | null =>
  session.accountId === null || session.bucket === null
    ? null
    : { kind: 'bucket', accountId: session.accountId, bucket: session.bucket }

const selectionTarget = ({ session: { view } }: Shell): Target | null =>
  view.id === null || view.selected === 0
    ? null
    : { kind: 'selection', viewId: view.id, selectionId: view.selection.id }

function labelOf(shell: Shell, target: Target): string {
  if (target.kind === 'bucket') return target.bucket
  const { single, objects, folders } = shell.session.view.selection
  return single?.key ?? words.total(objects, folders)
}

function openFor(kind: 'makePublic' | 'makePrivate' | 'getLink', of: (shell: Shell) => Target | null) {
  return (shell: Shell) => {
    const target = of(shell)
    if (target !== null) shell.session.dialogs.open({ kind, target, label: labelOf(shell, target) })
  }
}

function upload(kind: 'files' | 'folder') {
  return ({ session }: Shell) =>
    session.attempt(async () => {
      const { accountId, bucket, prefix } = session
      if (accountId === null || bucket === null) return
      const sourceId = await session.backend.chooseUpload(kind)
      const target = { accountId, bucket, prefix: session.flat ? '' : prefix }
      if (sourceId !== null) session.dialogs.open({ kind: 'upload', sourceId, target, from: 'button' })
    })
}

function download(where: 'downloads' | 'ask') {
  return ({ session }: Shell) =>
    session.attempt(async () => {
      const { id, selection } = session.view
      if (id === null) return
      const job = await session.backend.download(id, selection.id, where)
      if (job === null) return
      const text = selection.folders > 0 ? words.downloadingFolders : words.downloading(selection.objects)
      const action = { title: words.show, run: () => session.showTab('transfers') }
      session.toasts.show({ text, icon: 'download', tone: 'plain', action })
    })
}

function copyUrl(shell: Shell) {
  const { session } = shell
  session.attempt(async () => {
    const target = selectionTarget(shell)
    const { account } = session
    if (target === null || account === null) return
    const request: LinkRequest = {
      target,
      kind: 'public',
      expiresSeconds: 0,
      style: account.signature,
      scheme: account.scheme,
      withProjectId: account.projectId !== null,
    }
    const { links } = await session.backend.makeLinks(request)
    await session.backend.copyText(links.map(({ url }) => url).join('\n'))
    session.toasts.show({ text: words.linksCopied(links.length), icon: 'copy' })
  })
}

function copyText(text: (shell: Shell) => string | null) {
  return (shell: Shell) =>
    shell.session.attempt(async () => {
      const copied = text(shell)
      if (copied === null) return
      await shell.session.backend.copyText(copied)
      shell.session.toasts.show({ text: words.copied(copied), icon: 'copy' })
    })
}

function copyCode(shell: Shell) {
  const { session } = shell
  const target = selectionTarget(shell)
  const { accountId, bucket } = session
  if (accountId === null || bucket === null) return
  session.dialogs.open({
    kind: 'code',
    label: target === null ? bucket : labelOf(shell, target),
    request: {
      action: target === null ? 'listObjects' : 'download',
      target,
      accountId,
      bucket,
      key: session.view.selection.single?.key ?? null,
      link: null,
      name: null,
      text: null,
    },
  })
}

function openSelected({ session }: Shell) {
  const { single } = session.view.selection
  if (single?.kind === 'folder' && session.bucket !== null) session.go({ bucket: session.bucket, prefix: single.key })
  else session.showTab('properties')
}

function showTab(tab: 'transfers' | 'permissions' | 'properties' | 'eventLog', pane?: ActingPane) {
  return ({ session }: Shell) => {
    if (pane !== undefined) session.acting = pane
    session.showTab(tab)
  }
}

const here = ({ session }: Shell) => ({
  accountId: session.accountId ?? '',
  bucket: session.bucket ?? '',
  prefix: session.flat ? '' : session.prefix,
})

function forget({ session, buckets }: Shell) {
  session.attempt(async () => {
    const { accountId, bucket } = session
    if (accountId === null || bucket === null) return
    await session.backend.forgetBucket(accountId, bucket)
    session.leaveBucket(bucket)
    await buckets.load()
  })
}

function diagnostics({ session }: Shell) {
  session.attempt(async () => {
    await session.backend.copyText(await session.backend.diagnostics())
    session.toasts.show({ text: words.diagnosticsCopied, icon: 'copy' })
  })
}

/** All that match. While the listing runs that is what was listed so far, and it says so. */
function selectAll({ session, table }: Shell) {
  session.acting = 'objects'
  session.attempt(async () => {
    await table.selectAll()
    const { status, selected } = session.view
    if (status?.state === 'listing')
      session.toasts.show({ text: words.soFarSelected(selected), icon: 'info', tone: 'plain' })
  })
}

const openLocal = ({ session }: Shell) =>
  session.attempt(async () => session.accountSaved(await session.backend.openLocalStorage()))

// ── the table ──

export const specs: CommandSpec[] = [
  {
    id: 'accounts.add',
    title: 'Add new account…',
    icon: 'plus',
    keys: 'Ctrl+Shift+A',
    run: ({ session }) => session.dialogs.open({ kind: 'addAccount', edit: null }),
  },
  { id: 'accounts.local', title: 'Open local storage', icon: 'computer', keys: 'Ctrl+Shift+L', run: openLocal },
  {
    id: 'accounts.switch',
    title: 'Switch account…',
    icon: 'user',
    keys: 'Ctrl+O',
    disabled: needsAccount,
    run: (shell) => {
      if (!shell.sidebarShown) shell.toggleSidebar()
      shell.accountMenuOpen = true
    },
  },
  {
    id: 'accounts.manage',
    title: 'Manage accounts…',
    icon: 'key',
    keys: 'Ctrl+Shift+M',
    disabled: needsAccount,
    run: ({ session }) => session.dialogs.open({ kind: 'manageAccounts' }),
  },
  {
    id: 'accounts.quit',
    title: 'Quit',
    icon: 'win-x',
    keys: 'Ctrl+Q',
    run: ({ session }) => session.attempt(() => session.backend.windowAction('close')),
  },

  {
    id: 'buckets.new',
    title: 'New bucket…',
    icon: 'plus',
    keys: 'Ctrl+Shift+B',
    disabled: needsAccount,
    run: ({ session }) => session.dialogs.open({ kind: 'newBucket' }),
  },
  {
    id: 'buckets.add',
    title: 'Add bucket by name…',
    icon: 'link',
    keys: 'Ctrl+Shift+E',
    disabled: needsAccount,
    run: ({ session }) => session.dialogs.open({ kind: 'addBucket' }),
  },
  {
    id: 'buckets.refresh',
    title: 'Refresh buckets',
    icon: 'refresh',
    keys: 'F5',
    mac: 'Ctrl+R',
    pane: 'buckets',
    disabled: needsAccount,
    run: ({ session, buckets }) => session.attempt(() => buckets.refresh()),
  },
  {
    id: 'buckets.makePublic',
    title: 'Make public…',
    icon: 'globe',
    keys: 'Ctrl+Shift+P',
    pane: 'buckets',
    disabled: needsBucket,
    run: openFor('makePublic', bucketTarget),
  },
  {
    id: 'buckets.makePrivate',
    title: 'Make private…',
    icon: 'lock',
    keys: 'Ctrl+Shift+O',
    pane: 'buckets',
    disabled: needsBucket,
    run: openFor('makePrivate', bucketTarget),
  },
  {
    id: 'buckets.permissions',
    title: 'Edit permissions (ACL)',
    icon: 'users',
    disabled: needsBucket,
    run: showTab('permissions', 'buckets'),
  },
  {
    id: 'buckets.properties',
    title: 'Properties',
    icon: 'info',
    keys: 'Alt+Enter',
    mac: 'Ctrl+I',
    pane: 'buckets',
    disabled: needsBucket,
    run: showTab('properties', 'buckets'),
  },
  {
    id: 'buckets.copyName',
    title: 'Copy name',
    icon: 'copy',
    keys: 'Ctrl+C',
    pane: 'buckets',
    disabled: needsBucket,
    run: copyText(({ session }) => session.bucket),
  },
  {
    id: 'buckets.forget',
    title: 'Take off the list',
    icon: 'x',
    disabled: (shell) =>
      needsBucket(shell) ?? (shell.buckets.find(shell.session.bucket)?.added ? null : words.notAdded),
    run: forget,
  },
  {
    id: 'buckets.delete',
    title: 'Delete bucket…',
    icon: 'trash',
    keys: 'Delete',
    mac: 'Ctrl+Backspace',
    pane: 'buckets',
    danger: true,
    disabled: needsBucket,
    run: ({ session }) =>
      session.dialogs.open({ kind: 'deleteBucket', accountId: session.accountId ?? '', bucket: session.bucket ?? '' }),
  },

  {
    id: 'files.uploadFiles',
    title: 'Upload files…',
    icon: 'upload',
    keys: 'Ctrl+U',
    disabled: needsBucket,
    run: upload('files'),
  },
  {
    id: 'files.uploadFolder',
    title: 'Upload folder…',
    icon: 'folder',
    keys: 'Ctrl+Shift+U',
    disabled: needsBucket,
    run: upload('folder'),
  },
  {
    id: 'files.download',
    title: 'Download',
    icon: 'download',
    keys: 'Ctrl+D',
    disabled: needsSelection,
    run: download('downloads'),
  },
  {
    id: 'files.downloadTo',
    title: 'Download to…',
    icon: 'download',
    keys: 'Ctrl+Shift+D',
    disabled: needsSelection,
    run: download('ask'),
  },
  {
    id: 'files.newFolder',
    title: 'New folder…',
    icon: 'folder-plus',
    keys: 'Ctrl+Shift+N',
    disabled: needsBucket,
    run: ({ session }) => session.dialogs.open({ kind: 'newFolder' }),
  },
  {
    id: 'files.newText',
    title: 'New text object…',
    icon: 'file-plus',
    keys: 'Ctrl+N',
    disabled: needsBucket,
    run: ({ session }) => session.dialogs.open({ kind: 'newText' }),
  },
  {
    id: 'files.open',
    title: 'Open',
    icon: 'folder',
    keys: 'Enter',
    local: true,
    disabled: needsOne,
    run: openSelected,
  },
  {
    id: 'files.getLink',
    title: ({ session }) => (session.view.selected > 1 ? 'Get links…' : 'Get link…'),
    icon: 'link',
    keys: 'Ctrl+L',
    disabled: needsObject,
    run: openFor('getLink', selectionTarget),
  },
  {
    id: 'files.copyUrl',
    title: ({ session }) => (session.view.selected > 1 ? 'Copy URLs' : 'Copy URL'),
    icon: 'copy',
    keys: 'Ctrl+Shift+C',
    disabled: needsObject,
    run: copyUrl,
  },
  {
    id: 'files.copyKey',
    title: 'Copy key',
    icon: 'copy',
    keys: 'Ctrl+C',
    pane: 'objects',
    disabled: needsOne,
    run: copyText(({ session }) => session.view.selection.single?.key ?? null),
  },
  {
    id: 'files.copyCode',
    title: 'Copy as code…',
    icon: 'code',
    keys: 'Ctrl+Shift+X',
    disabled: needsBucket,
    run: copyCode,
  },
  {
    id: 'files.makePublic',
    title: 'Make public',
    icon: 'globe',
    keys: 'Ctrl+Shift+P',
    pane: 'objects',
    disabled: needsSelection,
    run: openFor('makePublic', selectionTarget),
  },
  {
    id: 'files.makePrivate',
    title: 'Make private',
    icon: 'lock',
    keys: 'Ctrl+Shift+O',
    pane: 'objects',
    disabled: needsSelection,
    run: openFor('makePrivate', selectionTarget),
  },
  {
    id: 'files.permissions',
    title: 'Edit permissions',
    icon: 'users',
    disabled: needsSelection,
    run: showTab('permissions', 'objects'),
  },
  {
    id: 'files.properties',
    title: 'Properties',
    icon: 'info',
    keys: 'Alt+Enter',
    mac: 'Ctrl+I',
    pane: 'objects',
    disabled: needsBucket,
    run: showTab('properties', 'objects'),
  },
  {
    id: 'files.selectAll',
    title: 'Select all',
    icon: 'check',
    keys: 'Ctrl+A',
    disabled: needsList,
    run: selectAll,
  },
  {
    id: 'files.refresh',
    title: 'Refresh',
    icon: 'refresh',
    keys: 'F5',
    mac: 'Ctrl+R',
    pane: 'objects',
    disabled: needsBucket,
    run: ({ session }) => session.attempt(() => session.view.refresh()),
  },
  {
    id: 'files.delete',
    title: ({ session }) =>
      session.view.selected > 1
        ? `Delete ${words.total(session.view.selection.objects, session.view.selection.folders)}…`
        : 'Delete…',
    icon: 'trash',
    keys: 'Delete',
    mac: 'Ctrl+Backspace',
    pane: 'objects',
    danger: true,
    disabled: needsSelection,
    run: ({ session }) => session.dialogs.open({ kind: 'deleteObjects' }),
  },

  {
    id: 'go.palette',
    title: 'Search keys or run a command',
    icon: 'search',
    keys: 'Ctrl+K',
    run: (shell) => {
      shell.paletteOpen = true
    },
  },
  {
    id: 'go.path',
    title: 'Go to path…',
    icon: 'arrow-r',
    keys: 'Ctrl+G',
    disabled: needsAccount,
    run: ({ edit }) => {
      edit.open = true
    },
  },
  {
    id: 'go.filter',
    title: 'Filter this folder',
    icon: 'filter',
    keys: 'Ctrl+F',
    disabled: needsBucket,
    run: (shell) => shell.focus('#object-filter'),
  },
  {
    id: 'go.filterBuckets',
    title: 'Filter buckets',
    icon: 'filter',
    keys: 'Ctrl+Shift+F',
    disabled: needsAccount,
    run: (shell) => {
      if (!shell.sidebarShown) shell.toggleSidebar()
      shell.focus('#bucket-filter')
    },
  },
  {
    id: 'go.back',
    title: 'Back',
    icon: 'arrow-l',
    keys: 'Alt+ArrowLeft',
    mac: 'Ctrl+[',
    disabled: ({ session }) => (session.canGoBack ? null : words.nowhereBack),
    run: ({ session }) => session.back(),
  },
  {
    id: 'go.forward',
    title: 'Forward',
    icon: 'arrow-r',
    keys: 'Alt+ArrowRight',
    mac: 'Ctrl+]',
    disabled: ({ session }) => (session.history.canGoForward ? null : words.nowhereForward),
    run: ({ session }) => session.forward(),
  },
  {
    id: 'go.up',
    title: 'Up one level',
    icon: 'arrow-u',
    keys: 'Alt+ArrowUp',
    mac: 'Ctrl+ArrowUp',
    disabled: (shell) => needsBucket(shell) ?? (shell.session.prefix === '' ? words.atTop : null),
    run: ({ session }) => session.up(),
  },
  {
    id: 'go.flat',
    title: ({ session }) => (session.flat ? 'Show folders' : 'Show flat'),
    icon: 'flat',
    keys: 'Ctrl+E',
    disabled: needsBucket,
    run: ({ session }) => session.setFlat(!session.flat),
  },
  {
    id: 'go.buckets',
    title: 'Focus buckets',
    icon: 'bucket',
    keys: 'Alt+1',
    mac: 'Alt+Cmd+1',
    run: (shell) => shell.focusPane(0),
  },
  {
    id: 'go.objects',
    title: 'Focus objects',
    icon: 'table',
    keys: 'Alt+2',
    mac: 'Alt+Cmd+2',
    run: (shell) => shell.focusPane(1),
  },
  {
    id: 'go.dock',
    title: 'Focus details',
    icon: 'info',
    keys: 'Alt+3',
    mac: 'Alt+Cmd+3',
    run: (shell) => shell.focusPane(2),
  },
  { id: 'go.nextPane', title: 'Next pane', icon: 'arrow-r', keys: 'F6', run: (shell) => shell.walkPanes(1) },
  {
    id: 'go.previousPane',
    title: 'Previous pane',
    icon: 'arrow-l',
    keys: 'Shift+F6',
    run: (shell) => shell.walkPanes(-1),
  },

  {
    id: 'view.sidebar',
    title: 'Show or hide buckets',
    icon: 'bucket',
    keys: 'Ctrl+B',
    run: (shell) => shell.toggleSidebar(),
  },
  {
    id: 'view.dock',
    title: 'Show or hide details',
    icon: 'chev-d',
    keys: 'Ctrl+J',
    run: (shell) => shell.toggleDock(),
  },
  { id: 'view.transfers', title: 'Transfers', icon: 'arrow-u', keys: 'Ctrl+1', run: showTab('transfers') },
  { id: 'view.permissions', title: 'Permissions', icon: 'users', keys: 'Ctrl+2', run: showTab('permissions') },
  { id: 'view.properties', title: 'Properties', icon: 'info', keys: 'Ctrl+3', run: showTab('properties') },
  { id: 'view.eventLog', title: 'Event log', icon: 'history', keys: 'Ctrl+4', run: showTab('eventLog') },
  {
    id: 'transfers.cancelAll',
    title: 'Cancel all transfers',
    icon: 'x',
    disabled: ({ transfers }) => (transfers.active === 0 ? words.nothingRuns : null),
    run: ({ session, transfers }) => session.attempt(() => transfers.cancelAll()),
  },
  {
    id: 'transfers.clear',
    title: 'Clear ended transfers',
    icon: 'check',
    disabled: ({ transfers: { totals } }) =>
      totals.done + totals.cancelled + totals.failed === 0 ? words.nothingDone : null,
    run: ({ session, transfers }) => session.attempt(() => transfers.clearFinished()),
  },

  {
    id: 'tools.settings',
    title: 'Settings…',
    icon: 'columns',
    keys: 'Ctrl+,',
    run: ({ session }) => session.dialogs.open({ kind: 'settings' }),
  },
  {
    id: 'help.shortcuts',
    title: 'Keyboard shortcuts',
    icon: 'flat',
    keys: 'Ctrl+?',
    run: ({ session }) => session.dialogs.open({ kind: 'shortcuts' }),
  },
  { id: 'help.diagnostics', title: 'Copy diagnostics (no secrets)', icon: 'copy', run: diagnostics },
  {
    id: 'help.about',
    title: 'About Dipper',
    icon: 'dipper',
    run: ({ session }) => session.dialogs.open({ kind: 'about' }),
  },
]

/** Where new objects go: the open folder, or the top of the bucket in a flat list. */
export { here as currentPlace }

/** The menu bar; `null` is a rule. */
export const menus: Record<MenuName, (CommandId | null)[]> = {
  Accounts: ['accounts.add', 'accounts.local', null, 'accounts.switch', 'accounts.manage', null, 'accounts.quit'],
  Buckets: [
    'buckets.new',
    'buckets.add',
    'buckets.refresh',
    null,
    'buckets.makePublic',
    'buckets.makePrivate',
    'buckets.permissions',
    null,
    'buckets.properties',
    'buckets.copyName',
    'buckets.forget',
    null,
    'buckets.delete',
  ],
  Files: [
    'files.uploadFiles',
    'files.uploadFolder',
    'files.download',
    'files.downloadTo',
    null,
    'files.newFolder',
    'files.newText',
    null,
    'files.getLink',
    'files.copyUrl',
    'files.copyKey',
    'files.copyCode',
    null,
    'files.makePublic',
    'files.makePrivate',
    'files.permissions',
    'files.properties',
    null,
    'files.selectAll',
    'files.refresh',
    null,
    'files.delete',
  ],
  Tools: [
    'go.palette',
    'go.path',
    'go.flat',
    null,
    'view.sidebar',
    'view.dock',
    null,
    'view.transfers',
    'view.permissions',
    'view.properties',
    'view.eventLog',
    null,
    'transfers.cancelAll',
    'transfers.clear',
    null,
    'tools.settings',
  ],
  Help: ['help.shortcuts', 'help.diagnostics', null, 'help.about'],
}
