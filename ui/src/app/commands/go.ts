// Commands that move: through places, and the focus through panes.
import { needsAccount, needsBucket, type CommandSpec } from '../spec'
import { words } from '../words'

export const go: CommandSpec[] = [
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
]
