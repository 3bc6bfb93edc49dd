// What a command is, and the reasons why one can't run now.
import type { IconName } from '$components/icons'
import type { CommandId } from '$session/commands'
import type { ActingPane } from '$session/session.svelte'
import type { Shell } from './shell.svelte'
import { words } from './words'

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

export const needsAccount = ({ session }: Shell) => (session.account === null ? words.needsAccount : null)
export const needsBucket = (shell: Shell) =>
  needsAccount(shell) ?? (shell.session.bucket === null ? words.needsBucket : null)
export const needsList = (shell: Shell) =>
  needsBucket(shell) ?? (shell.session.view.id === null ? words.needsList : null)
export const needsSelection = (shell: Shell) =>
  needsBucket(shell) ?? (shell.session.view.selected === 0 ? words.needsSelection : null)
export const needsObject = (shell: Shell) =>
  needsSelection(shell) ?? (shell.session.view.selection.objects === 0 ? words.needsObject : null)
export const needsOne = (shell: Shell) =>
  needsSelection(shell) ?? (shell.session.view.selection.single === null ? words.needsOne : null)
