// What the commands act on: the session, the state of the two panes and of the transfers, and what only the window has:
// the palette, the account menu, where the keyboard focus goes.
import type { Backend, StartView } from '$backend/backend'
import { Buckets } from '$features/buckets/buckets.svelte'
import { PathEdit } from '$features/objects/pathEdit.svelte'
import { ObjectTable } from '$features/objects/table.svelte'
import { Permissions } from '$features/permissions/permissions.svelte'
import { Transfers } from '$features/transfers/transfers.svelte'
import { focusDrawn } from '$lib/focus'
import { Session } from '$session/session.svelte'

/** The panes F6 walks, in the order one meets them, with the element that takes the focus. */
const panes = ['#bucket-list', '#object-grid', '#dock [role="tab"][aria-selected="true"]'] as const

export class Shell {
  readonly session: Session
  readonly buckets: Buckets
  readonly table: ObjectTable
  readonly edit: PathEdit
  readonly permissions: Permissions
  readonly transfers: Transfers
  paletteOpen = $state(false)
  accountMenuOpen = $state(false)
  /** The window is too narrow for the sidebar beside the table. */
  narrow = $state(false)
  /** The window is too low or narrow for the dock below the table. */
  small = $state(false)
  /** In a narrow window the sidebar lies over the table while this is set. */
  sidebarOver = $state(false)

  constructor(backend: Backend, start: StartView) {
    this.session = new Session(backend, start)
    this.buckets = new Buckets(this.session)
    this.table = new ObjectTable(this.session)
    this.edit = new PathEdit(this.session, this.table)
    this.permissions = new Permissions(backend)
    this.transfers = new Transfers(backend)
  }

  get sidebarShown(): boolean {
    return this.narrow ? this.sidebarOver : this.session.layout.sidebarOpen
  }

  get dockShown(): boolean {
    const { layout } = this.session
    return this.small ? layout.dockSheet : layout.dockOpen
  }

  toggleSidebar(): void {
    if (this.narrow) {
      this.sidebarOver = !this.sidebarOver
      // The details would lie over it.
      if (this.sidebarOver) this.session.layout.dockSheet = false
    } else this.session.layout.sidebarOpen = !this.session.layout.sidebarOpen
  }

  toggleDock(): void {
    const { layout } = this.session
    if (this.small) layout.dockSheet = !layout.dockSheet
    else layout.dockOpen = !layout.dockOpen
  }

  /** Puts the keyboard focus somewhere, once it is drawn. */
  focus(selector: string): void {
    void focusDrawn(() => document.querySelector<HTMLElement>(selector))
  }

  focusPane(index: 0 | 1 | 2): void {
    if (index === 0 && !this.sidebarShown) this.toggleSidebar()
    if (index === 2 && !this.dockShown) this.toggleDock()
    this.focus(panes[index])
  }

  /** F6: the next pane that is shown, round and round. */
  walkPanes(step: 1 | -1): void {
    const shown = panes.filter((selector) => document.querySelector(selector) !== null)
    const here = document.activeElement
    const owners = ['.sidebar', '.main', '#dock']
    const at = shown.findIndex((selector) => here?.closest(owners[panes.indexOf(selector)] ?? '') !== null)
    // The dock lies inside the main pane: the innermost owner counts.
    const inDock = here !== null && here.closest('#dock') !== null
    const from = inDock ? shown.indexOf(panes[2]) : at
    const next = shown[(from + step + shown.length) % shown.length]
    if (next !== undefined) this.focus(next)
  }
}
