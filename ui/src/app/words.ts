// The words of the shell: title bar, palette, status bar, its own sheets.
import type { Access } from '$backend/bindings'
import { formatNumber, formatSize, formatTimeExactly, plural } from '$lib/format'

export const words = {
  search: 'Search keys or run a command',
  menuBar: 'Application menu',
  minimise: 'Minimise',
  maximise: 'Maximise',
  close: 'Close',
  buckets: 'Buckets',
  details: 'Details',
  hideDetails: 'Hide details',
  resizeBuckets: 'Resize buckets',
  resizeDetails: 'Resize details',
  panelFailed: 'This panel could not be drawn',
  tabs: { transfers: 'Transfers', permissions: 'Permissions', properties: 'Properties', eventLog: 'Event log' },

  startFailed: 'Dipper could not start',
  retry: 'Try again',

  notConnected: 'Not connected',
  selectedOf: (selected: number, all: number) => `${formatNumber(selected)} of ${formatNumber(all)} selected`,
  hidden: (count: number) => `${formatNumber(count)} hidden`,
  total: (objects: number, folders: number) =>
    [objects > 0 || folders === 0 ? plural(objects, 'object') : '', folders > 0 ? plural(folders, 'folder') : '']
      .filter(Boolean)
      .join(', '),
  bytesOf: (some: number, all: number) => `${formatSize(some)} of ${formatSize(all)}`,
  listing: (count: number) => `Listing, ${formatNumber(count)} so far`,
  listedAt: (at: number) => `Listed all at ${formatTimeExactly(at)}`,
  stopped: 'Listing stopped',
  failed: 'Listing failed',
  signature: (version: string) => `Signature ${version.toUpperCase()}`,
  addressing: { path: 'Path style', virtualHost: 'Virtual hosted', auto: 'Addressing by server' },
  notEncrypted: 'Not encrypted',

  quitTitle: (running: number) => `Quit while ${plural(running, 'transfer')} ${running === 1 ? 'is' : 'are'} running?`,
  quitText:
    'Nothing is lost either way. In the background, Dipper quits by itself after the last transfer; start it again to see its window. Paused, they go on from where they were at the next start.',
  keepOpen: 'Cancel',
  pauseAndQuit: 'Pause and quit',
  keepGoing: 'Keep going in the background',

  paletteHint: ['Enter open', '> commands', 'Esc close'],
  paletteNone: 'Nothing found',
  paletteHeads: { buckets: 'Buckets', keys: 'In this folder', commands: 'Commands', go: 'Go to' },
  bucket: 'Bucket',
  folder: 'Folder',
  goTo: (text: string) => `Go to ${text}`,

  settings: 'Settings',
  theme: 'Theme',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  density: 'Density',
  densities: { compact: 'Compact', comfortable: 'Comfortable' },
  uploads: 'Uploads',
  alwaysAsk: 'Always show the upload sheet before anything is sent',
  done: 'Done',

  shortcuts: 'Keyboard shortcuts',
  shortcutsText: 'The same commands are in the menus and in the palette.',
  shortcutGroups: {
    go: 'Moving',
    select: 'Selecting',
    accounts: 'Accounts',
    buckets: 'Buckets',
    files: 'Objects',
    view: 'Window',
  },
  moreKeys: [
    ['Move', '↑ ↓ Page Up Page Down Home End'],
    ['Extend the selection', 'Shift with a key or a click'],
    ['Move without selecting', 'Ctrl with a key'],
    ['Add or take away one', 'Ctrl Space or Ctrl click'],
    ['Select nothing', 'Esc'],
    ['Jump to a name', 'Type it'],
    ['See the upload sheet first', 'Shift while dropping'],
    ['Menu of what is selected', 'Menu or Shift F10'],
  ] as [string, string][],

  about: 'About Dipper',
  version: (version: string) => `Version ${version}`,
  aboutText: 'A desktop browser for S3-compatible object storage. Open source, MIT or Apache-2.0.',
  aboutPrivacy: 'Keys are kept in your system keychain, never in a plain file. No telemetry.',
  copyDiagnostics: 'Copy diagnostics',

  needsAccount: 'Add an account first',
  needsBucket: 'Choose a bucket first',
  needsSelection: 'Select something first',
  needsObject: 'Select at least one object',
  needsOne: 'Select one thing only',
  needsList: 'There is no list to act on',
  notAdded: 'Only a bucket added by name can be taken off the list',
  nowhereBack: 'There is nowhere to go back to',
  nowhereForward: 'There is nowhere to go forward to',
  atTop: 'This is the top of the bucket',
  largest: 'It does not get larger',
  smallest: 'It does not get smaller',
  natural: 'Nothing is zoomed',
  zoom: (percent: number) => `${percent} %`,
  zoomTitle: 'Zoom, press to reset',
  nothingRuns: 'Nothing is being transferred',
  nothingToPause: 'Nothing is running, waiting or paused',
  nothingDone: 'No transfer has ended',
  paused: (count: number) => `${plural(count, 'transfer')} paused`,
  getLink: 'Get link',
  linksCopied: (count: number, access: Access | null, proof: string | null) => {
    if (count !== 1) return `${formatNumber(count)} links copied. They work for what is public.`
    if (access === 'private') return `Link copied, but it does not work: ${proof ?? ''}`
    return access === 'public' ? 'Link copied' : `Link copied. ${proof ?? ''}`
  },
  copied: (what: string) => `“${what}” copied`,
  diagnosticsCopied: 'Diagnostics copied, without secrets',
  downloading: (count: number) => `Downloading ${plural(count, 'object')}`,
  downloadingFolders: 'Download started',
  show: 'Show',
} as const
