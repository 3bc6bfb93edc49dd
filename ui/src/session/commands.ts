// How a feature reaches the one table of commands without knowing it: by id. The table is app/commands.ts.
import { getContext, setContext } from 'svelte'
import type { IconName } from '$components/icons'
import type { MenuEntry } from '$components/menu'

export type CommandId =
  | 'accounts.add'
  | 'accounts.manage'
  | 'accounts.switch'
  | 'accounts.local'
  | 'accounts.quit'
  | 'buckets.new'
  | 'buckets.add'
  | 'buckets.delete'
  | 'buckets.forget'
  | 'buckets.refresh'
  | 'buckets.makePublic'
  | 'buckets.makePrivate'
  | 'buckets.permissions'
  | 'buckets.properties'
  | 'buckets.copyName'
  | 'files.uploadFiles'
  | 'files.uploadFolder'
  | 'files.download'
  | 'files.downloadTo'
  | 'files.newFolder'
  | 'files.newText'
  | 'files.open'
  | 'files.getLink'
  | 'files.copyUrl'
  | 'files.copyKey'
  | 'files.copyCode'
  | 'files.makePublic'
  | 'files.makePrivate'
  | 'files.permissions'
  | 'files.properties'
  | 'files.delete'
  | 'files.selectAll'
  | 'files.refresh'
  | 'go.palette'
  | 'go.path'
  | 'go.filter'
  | 'go.filterBuckets'
  | 'go.back'
  | 'go.forward'
  | 'go.up'
  | 'go.flat'
  | 'go.buckets'
  | 'go.objects'
  | 'go.dock'
  | 'go.nextPane'
  | 'go.previousPane'
  | 'view.sidebar'
  | 'view.dock'
  | 'view.columns'
  | 'view.zoomIn'
  | 'view.zoomOut'
  | 'view.zoomReset'
  | 'view.transfers'
  | 'view.permissions'
  | 'view.properties'
  | 'view.eventLog'
  | 'transfers.pauseAll'
  | 'transfers.cancelAll'
  | 'transfers.clear'
  | 'transfers.limits'
  | 'transfers.moveTop'
  | 'transfers.moveUp'
  | 'transfers.moveDown'
  | 'transfers.moveBottom'
  | 'tools.settings'
  | 'help.shortcuts'
  | 'help.diagnostics'
  | 'help.about'

/** A command as it stands now. */
export type CommandView = {
  id: CommandId
  title: string
  icon: IconName | null
  shortcut: string | null
  /** Why it can't run now, or null. */
  disabled: string | null
  danger: boolean
  run: () => void
}

export interface Commands {
  /** The command as it stands now; read inside a derived value it follows the session. */
  get(id: CommandId): CommandView
  /** Runs it, or says in a toast why not. */
  run(id: CommandId): void
  /** Lines of a menu; `null` is a rule. */
  entries(ids: (CommandId | null)[]): MenuEntry[]
}

const key = Symbol('commands')

/** Hands the table to every component below. */
export function provideCommands(commands: Commands): void {
  setContext(key, commands)
}

/** The table of commands. */
export function getCommands(): Commands {
  return getContext<Commands>(key)
}
