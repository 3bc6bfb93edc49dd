// Commands on accounts, and leaving.
import { openLocal } from '../actions'
import { needsAccount, type CommandSpec } from '../spec'

export const accounts: CommandSpec[] = [
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
]
