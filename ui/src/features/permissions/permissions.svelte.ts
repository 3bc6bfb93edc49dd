// The permissions of one target: what the server says, what was changed in the grid since, and sending those changes.
// Changes are kept by row and right for as long as the target is the same, also while its tab is not drawn; a read drops
// them.
import type { Backend } from '$backend/backend'
import type {
  GrantChange,
  GrantRow,
  IpcError,
  NewGrantee,
  PermissionPlan,
  PermissionsView,
  Right,
  Target,
  Tick,
} from '$backend/bindings'
import { asIpcError } from '$lib/errors'

export const rights: Right[] = ['fullControl', 'read', 'write', 'readAcp', 'writeAcp']

export class Permissions {
  target = $state.raw<Target | null>(null)
  view = $state.raw<PermissionsView | null>(null)
  error = $state.raw<IpcError | null>(null)
  loading = $state(false)
  checking = $state(false)
  applying = $state(false)
  added = $state.raw<NewGrantee[]>([])
  /** A change that lets strangers in waits here for a second yes. */
  pending = $state.raw<PermissionPlan | null>(null)
  #changes = $state.raw<ReadonlyMap<string, boolean>>(new Map())
  #backend: Backend
  #asked = 0

  constructor(backend: Backend) {
    this.#backend = backend
  }

  /** Shows a target: reads it, unless it is the one whose boxes were changed. */
  async show(target: Target | null): Promise<void> {
    if (this.changeCount > 0 && this.#isOf(target)) return
    await this.load(target)
  }

  #isOf(target: Target | null): boolean {
    return JSON.stringify(target) === JSON.stringify(this.target)
  }

  /** Reads the permissions of a target; the answer for a target left meanwhile is dropped. */
  async load(target: Target | null): Promise<void> {
    const asked = ++this.#asked
    const same = this.#isOf(target)
    this.target = target
    this.#forget()
    if (!same) this.view = null
    if (target === null) return
    this.loading = true
    try {
      const view = await this.#backend.loadPermissions(target)
      if (asked === this.#asked) this.view = view
    } catch (thrown) {
      if (asked === this.#asked) this.error = asIpcError(thrown)
    } finally {
      if (asked === this.#asked) this.loading = false
    }
  }

  reload(): Promise<void> {
    return this.load(this.target)
  }

  /** Sends the unsigned request again; only the verdict changes. */
  async check(): Promise<void> {
    const { target } = this
    if (target === null || this.checking) return
    this.checking = true
    try {
      const verdict = await this.#backend.checkAccess(target)
      if (this.view !== null && this.target === target) this.view = { ...this.view, verdict }
    } catch (thrown) {
      if (this.target === target) this.error = asIpcError(thrown)
    } finally {
      this.checking = false
    }
  }

  /** How many boxes differ from what was read, with those of added users. */
  get changeCount(): number {
    return this.#changes.size + this.added.reduce((sum, grantee) => sum + grantee.rights.length, 0)
  }

  tick(row: GrantRow, right: Right): Tick {
    const changed = this.#changes.get(changeKey(row.id, right))
    return changed === undefined ? readTick(row, right) : changed ? 'on' : 'off'
  }

  isChanged(row: GrantRow, right: Right): boolean {
    return this.#changes.has(changeKey(row.id, right))
  }

  /** Sets one box. Full control ticks the rest of its row; taking one of them out takes full control out too. */
  set(row: GrantRow, right: Right, on: boolean): void {
    const next = new Map(this.#changes)
    const put = (which: Right, value: boolean) => {
      const cell = row.cells.find((one) => one.right === which)
      if (!cell?.editable || cell.tick === 'none') return
      if (cell.tick === (value ? 'on' : 'off')) next.delete(changeKey(row.id, which))
      else next.set(changeKey(row.id, which), value)
    }
    const others = rights.filter((one) => one !== 'fullControl')
    put(right, on)
    if (right === 'fullControl') for (const other of others) put(other, on)
    else if (!on) put('fullControl', false)
    this.#changes = next
  }

  /** Puts a user into the grid; nothing is sent before the changes are applied. */
  add(grantee: NewGrantee): void {
    this.added = [...this.added, grantee]
  }

  removeAdded(index: number): void {
    this.added = this.added.filter((_, at) => at !== index)
  }

  /** Applies the changes; one that publishes is only prepared and waits in `pending`. */
  async apply(): Promise<boolean> {
    const { target, view } = this
    if (target === null || view === null || this.applying || this.changeCount === 0) return false
    this.applying = true
    this.error = null
    try {
      const plan = await this.#backend.planPermissionChange(target, view.readToken, this.changes(), this.added)
      if (plan.publishes !== null) {
        this.pending = plan
        return false
      }
      await this.#send(plan)
      return true
    } catch (thrown) {
      this.error = asIpcError(thrown)
      return false
    } finally {
      this.applying = false
    }
  }

  async confirmPending(): Promise<boolean> {
    const plan = this.pending
    if (plan === null) return false
    this.pending = null
    this.applying = true
    try {
      await this.#send(plan)
      return true
    } catch (thrown) {
      this.error = asIpcError(thrown)
      return false
    } finally {
      this.applying = false
    }
  }

  cancelPending(): void {
    this.pending = null
  }

  /** Every change, and for a row whose full control goes, each right it stood for in so many words. */
  changes(): GrantChange[] {
    const rows = this.view?.rows ?? []
    return rows.flatMap((row) => {
      const losesAll = this.#changes.get(changeKey(row.id, 'fullControl')) === false
      return row.cells
        .filter((cell) => cell.editable && cell.tick !== 'none')
        .filter((cell) => this.isChanged(row, cell.right) || (losesAll && this.tick(row, cell.right) !== 'mixed'))
        .map((cell) => ({ row: row.id, right: cell.right, on: this.tick(row, cell.right) === 'on' }))
    })
  }

  async #send(plan: PermissionPlan): Promise<void> {
    const { target } = this
    await this.#backend.applyPermissionChange(plan.token)
    if (target === null || this.target !== target) return
    // What was applied is applied, also when it can't be read again.
    try {
      const view = await this.#backend.loadPermissions(target)
      this.#forget()
      this.view = view
    } catch (thrown) {
      this.#forget()
      this.error = asIpcError(thrown)
    }
  }

  #forget(): void {
    this.#changes = new Map()
    this.added = []
    this.error = null
    this.pending = null
    this.loading = false
  }
}

function changeKey(row: string, right: Right): string {
  return `${right} ${row}`
}

function readTick(row: GrantRow, right: Right): Tick {
  return row.cells.find((cell) => cell.right === right)?.tick ?? 'none'
}

/** What is wrong with a user about to be added, as a word of the catalogue; null when nothing is. */
export function granteeProblem(
  grantee: NewGrantee,
  added: NewGrantee[],
): 'empty' | 'badEmail' | 'known' | 'noRight' | null {
  const value = grantee.value.trim()
  if (value === '') return 'empty'
  if (grantee.kind === 'email' && !/^[^\s@]+@[^\s@]+$/.test(value)) return 'badEmail'
  if (added.some((one) => one.kind === grantee.kind && one.value === value)) return 'known'
  return grantee.rights.length === 0 ? 'noRight' : null
}
