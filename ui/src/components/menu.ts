// What a menu holds, whoever opens it: the menu bar, a button, a right click.
import type { IconName } from './icons'

export type MenuEntry = MenuAction | { kind: 'rule' } | { kind: 'heading'; title: string }

export type MenuAction = {
  kind: 'action'
  id: string
  title: string
  icon?: IconName
  shortcut?: string | null
  /** Why it can't be chosen now; shown, not hidden. */
  disabled?: string | null
  danger?: boolean
  /** A choice that is on or off; its tick takes the place of an icon. */
  checked?: boolean
  run: () => void
}
