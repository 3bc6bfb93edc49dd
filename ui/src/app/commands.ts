// The one table of everything a person can do: menu bar, toolbars, context menus, shortcuts and palette all read it, so
// they say the same words and are disabled for the same reason. A command is listed when it works, not before.
import type { CommandId } from '$session/commands'
import { accounts } from './commands/accounts'
import { buckets } from './commands/buckets'
import { files } from './commands/files'
import { go } from './commands/go'
import { transfers } from './commands/transfers'
import { window } from './commands/window'
import type { CommandSpec } from './spec'

export type MenuName = 'Accounts' | 'Buckets' | 'Files' | 'Tools' | 'Help'

/** All commands; where a key serves both panes, the one whose pane acts answers. */
export const specs: CommandSpec[] = [...accounts, ...buckets, ...files, ...go, ...transfers, ...window]

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
    'view.columns',
    null,
    'view.zoomIn',
    'view.zoomOut',
    'view.zoomReset',
    null,
    'view.transfers',
    'view.permissions',
    'view.properties',
    'view.eventLog',
    null,
    'transfers.pauseAll',
    'transfers.cancelAll',
    'transfers.clear',
    'transfers.limits',
    null,
    'tools.settings',
  ],
  Help: ['help.shortcuts', 'help.diagnostics', null, 'help.about'],
}
