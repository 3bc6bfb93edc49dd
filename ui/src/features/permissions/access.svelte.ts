// Making something public or private: the dry run with its numbers, asked again whenever a tick changes, then the one
// press that does it. An object alone is changed at once; what needs a second look waits for it.
import type { Backend } from '$backend/backend'
import type {
  AccessPlan,
  AccessResult,
  CountProgress,
  IpcError,
  PublicScope,
  SensitiveNames,
  Target,
} from '$backend/bindings'
import { asIpcError, isCancelled } from '$lib/errors'

export type AccessKind = 'makePublic' | 'makePrivate'

/** Only listing is ticked at first: the least that makes a bucket public. Making it private closes everything. */
const firstScope: PublicScope = { listing: true, existing: false, future: false }
const wholeScope: PublicScope = { listing: true, existing: true, future: true }

let operations = 0

export class AccessChange {
  readonly kind: AccessKind
  readonly target: Target
  scope = $state.raw<PublicScope>(firstScope)
  plan = $state.raw<AccessPlan | null>(null)
  progress = $state.raw<CountProgress | null>(null)
  planning = $state(false)
  applying = $state(false)
  stopped = $state(false)
  error = $state.raw<IpcError | null>(null)
  names = $state<SensitiveNames>('open')
  #backend: Backend
  #operation: string | null = null
  #asked = 0

  constructor(backend: Backend, kind: AccessKind, target: Target) {
    this.#backend = backend
    this.kind = kind
    this.target = target
    if (target.kind === 'selection' || kind === 'makePrivate') this.scope = wholeScope
  }

  get isBucket(): boolean {
    return this.target.kind === 'bucket'
  }

  get anythingTicked(): boolean {
    return this.kind === 'makePrivate' || this.scope.listing || this.scope.existing || this.scope.future
  }

  /** Whether it must be shown before it is done: a bucket always, all else only where the dry run says so. */
  get asks(): boolean {
    return this.isBucket || this.error !== null || this.plan?.confirm === true
  }

  /** Whether what is shown is what is ticked, so that it may be done. */
  get ready(): boolean {
    return this.plan !== null && !this.planning && !this.applying && this.anythingTicked
  }

  /** Prepares the change as it is ticked now. What was still being counted for older ticks stops. */
  async prepare(): Promise<void> {
    const asked = ++this.#asked
    this.planning = true
    await this.#stopCounting()
    if (asked !== this.#asked) return
    const operation = `access-${++operations}`
    this.#operation = operation
    this.stopped = false
    this.error = null
    const progress = (count: CountProgress) => {
      if (asked === this.#asked) this.progress = count
    }
    try {
      const plan = await this.#ask(progress, operation)
      if (asked === this.#asked) this.plan = plan
    } catch (thrown) {
      if (asked !== this.#asked) return
      this.plan = null
      if (isCancelled(thrown)) this.stopped = true
      else this.error = asIpcError(thrown)
    } finally {
      if (asked === this.#asked) {
        this.planning = false
        this.#operation = null
      }
    }
  }

  #ask(progress: (count: CountProgress) => void, operation: string): Promise<AccessPlan> {
    if (this.kind === 'makePrivate') {
      return this.#backend.planMakePrivate(this.target, this.scope.existing, progress, operation)
    }
    return this.#backend.planMakePublic(this.target, this.scope, this.names, progress, operation)
  }

  tick(which: keyof PublicScope, on: boolean): Promise<void> {
    this.scope = { ...this.scope, [which]: on }
    // The policy that opens the future opens every object: none can be left out any more.
    if (which === 'future' && on) this.names = 'open'
    return this.prepare()
  }

  /** Keeps what looks sensitive out of it. */
  leaveSensitivePrivate(): Promise<void> {
    this.names = 'leavePrivate'
    return this.prepare()
  }

  /** Does what was shown; null when it was refused. */
  async apply(): Promise<AccessResult | null> {
    const { plan } = this
    if (plan === null || !this.ready) return null
    this.applying = true
    this.error = null
    try {
      return await this.#backend.applyAccessPlan(plan.token)
    } catch (thrown) {
      this.error = asIpcError(thrown)
      this.plan = null
      return null
    } finally {
      this.applying = false
    }
  }

  /** Stops counting. What was shown for other ticks goes, too: what is not known is not done. */
  async cancel(): Promise<void> {
    this.#asked += 1
    this.plan = null
    this.planning = false
    this.stopped = true
    await this.#stopCounting()
  }

  async #stopCounting(): Promise<void> {
    const operation = this.#operation
    this.#operation = null
    if (operation !== null) await this.#backend.cancelOperation(operation)
  }
}
