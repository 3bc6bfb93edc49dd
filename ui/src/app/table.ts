// The table of commands as features see it, and the keyboard that runs it.
import type { MenuEntry } from '$components/menu'
import { matchesShortcut, type Platform } from '$lib/shortcuts'
import type { CommandId, Commands, CommandView } from '$session/commands'
import { specs } from './commands'
import type { Shell } from './shell.svelte'
import type { CommandSpec } from './spec'

/** Keys that mean something to text: in a field they stay with it. */
const textKeys = new Set([
  'Delete',
  'Backspace',
  'Enter',
  'Ctrl+A',
  'Ctrl+C',
  'Ctrl+Backspace',
  'Ctrl+ArrowUp',
  'Ctrl+E',
])

const editable = (element: EventTarget | null) =>
  element instanceof HTMLElement && element.matches('input:not([type=checkbox]):not([type=radio]), textarea, select')

export class CommandTable implements Commands {
  private readonly byId = new Map<CommandId, CommandSpec>(specs.map((spec) => [spec.id, spec]))

  constructor(
    private readonly shell: Shell,
    private readonly platform: Platform,
  ) {}

  private spec(id: CommandId): CommandSpec {
    const spec = this.byId.get(id)
    if (spec === undefined) throw new Error(`no command ${id}`)
    return spec
  }

  /** The keys of a command on this platform. */
  keys(spec: CommandSpec): string | null {
    return (this.platform === 'macos' ? spec.mac : undefined) ?? spec.keys ?? null
  }

  get(id: CommandId): CommandView {
    const spec = this.spec(id)
    return {
      id,
      title: typeof spec.title === 'string' ? spec.title : spec.title(this.shell),
      icon: spec.icon ?? null,
      shortcut: this.keys(spec),
      disabled: spec.disabled?.(this.shell) ?? null,
      danger: spec.danger ?? false,
      run: () => this.run(id),
    }
  }

  all(): CommandView[] {
    return specs.map(({ id }) => this.get(id))
  }

  run(id: CommandId): void {
    const spec = this.spec(id)
    const reason = spec.disabled?.(this.shell) ?? null
    if (reason === null) spec.run(this.shell)
    else this.shell.session.toasts.show({ text: reason, icon: 'info', tone: 'plain' })
  }

  entries(ids: (CommandId | null)[]): MenuEntry[] {
    return ids.map((id): MenuEntry => {
      if (id === null) return { kind: 'rule' }
      const { title, icon, shortcut, disabled, danger, run } = this.get(id)
      return { kind: 'action', id, title, icon: icon ?? undefined, shortcut, disabled, danger, run }
    })
  }

  /** Runs the command of a key press, unless a sheet is open, a field needs the key, or someone answered already. */
  press(event: KeyboardEvent): void {
    const { session, paletteOpen } = this.shell
    if (event.defaultPrevented || session.dialogs.any || paletteOpen || event.isComposing) return
    const inText = editable(event.target)
    const spec = specs.find((candidate) => {
      const keys = this.keys(candidate)
      if (keys === null || candidate.local || (inText && textKeys.has(keys))) return false
      if (candidate.pane !== undefined && candidate.pane !== session.acting) return false
      return matchesShortcut(event, keys, this.platform)
    })
    if (spec === undefined) {
      if (!inText && event.key === 'Backspace' && !event.ctrlKey && !event.altKey && !event.metaKey) session.up()
      return
    }
    // Text that is marked in a panel is what a person means to copy.
    if (spec.keys === 'Ctrl+C' && !(getSelection()?.isCollapsed ?? true)) return
    event.preventDefault()
    this.run(spec.id)
  }
}
