// One upload before it starts: the plan with its keys, conflicts and access. Every change goes to the backend, which checks
// the keys again and gives a new plan; nothing is sent before the plan's token is.
import type { Backend } from '$backend/backend'
import type {
  ConflictPolicy,
  CountProgress,
  IpcError,
  UploadAccess,
  UploadChange,
  UploadItemView,
  UploadPlan,
  UploadTarget,
} from '$backend/bindings'
import { asIpcError, isCancelled } from '$lib/errors'

export class Upload {
  readonly target: UploadTarget
  plan = $state.raw<UploadPlan | null>(null)
  progress = $state.raw<CountProgress | null>(null)
  error = $state.raw<IpcError | null>(null)
  planning = $state(false)
  revising = $state(0)
  starting = $state(false)
  cancelled = $state(false)
  #backend: Backend
  #sourceId: string
  #operation = crypto.randomUUID()
  #queue: Promise<void> = Promise.resolve()

  constructor(backend: Backend, sourceId: string, target: UploadTarget) {
    this.#backend = backend
    this.#sourceId = sourceId
    this.target = target
  }

  /** Looks at the files and at what is in the bucket. */
  async prepare(): Promise<void> {
    this.planning = true
    try {
      const progress = (count: CountProgress) => (this.progress = count)
      const plan = await this.#backend.planUpload(this.#sourceId, this.target, progress, this.#operation)
      if (this.cancelled) await this.#backend.discardUpload(plan.planId)
      else this.plan = plan
    } catch (thrown) {
      if (!isCancelled(thrown)) this.error = asIpcError(thrown)
    } finally {
      this.planning = false
    }
  }

  /** Why it can't start now. */
  get obstacle(): 'checking' | 'invalid' | 'undecided' | 'nothing' | null {
    const { plan } = this
    if (plan === null || this.revising > 0) return 'checking'
    if (plan.unusable > 0) return 'invalid'
    if (plan.undecided > 0) return 'undecided'
    return plan.toSend === 0 ? 'nothing' : null
  }

  renameKey(item: UploadItemView, keyRest: string): Promise<void> {
    // While an answer is awaited the item may still show an older key.
    if (keyRest === item.keyRest && this.revising === 0) return Promise.resolve()
    return this.#revise({ keys: [{ index: item.index, keyRest }] })
  }

  choosePolicy(policy: ConflictPolicy): Promise<void> {
    return this.#revise({ policy })
  }

  chooseAccess(access: UploadAccess): Promise<void> {
    return this.#revise({ access })
  }

  decide(item: UploadItemView, policy: ConflictPolicy): Promise<void> {
    return this.#revise({ decisions: [{ index: item.index, policy }] })
  }

  /** Starts it and gives the job; null when it was refused. What was shown too long ago is checked again to be looked at. */
  async start(): Promise<number | null> {
    if (this.plan === null || this.starting) return null
    this.starting = true
    this.error = null
    try {
      // What was changed last is looked at first, so that the press right after it counts.
      while (this.revising > 0) await this.#queue
      if (this.obstacle !== null || this.error !== null) return null
      return await this.#backend.startUpload(this.plan.token)
    } catch (thrown) {
      const refused = asIpcError(thrown)
      if (refused.code === 'stalePlan') await this.#revise({})
      this.error ??= refused
      return null
    } finally {
      this.starting = false
    }
  }

  /** Lets go of everything; the files stay where they are. */
  async discard(): Promise<void> {
    this.cancelled = true
    try {
      if (this.planning) await this.#backend.cancelOperation(this.#operation)
      if (this.plan !== null) await this.#backend.discardUpload(this.plan.planId)
    } catch (thrown) {
      this.error = asIpcError(thrown)
    }
  }

  /** Changes go out one after another: each plan replaces the one before, and its token with it. */
  #revise(change: Partial<UploadChange>): Promise<void> {
    this.revising += 1
    this.#queue = this.#queue.then(() => this.#send({ keys: [], policy: null, access: null, decisions: [], ...change }))
    return this.#queue
  }

  async #send(change: UploadChange): Promise<void> {
    const { plan } = this
    try {
      if (plan !== null) this.plan = await this.#backend.reviseUpload(plan.planId, change)
      this.error = null
    } catch (thrown) {
      this.error = asIpcError(thrown)
    } finally {
      this.revising -= 1
    }
  }
}

/** The part of a file name before its ending, which is what one edits first. */
export function stemLength(key: string): number {
  const name = key.slice(key.lastIndexOf('/') + 1)
  const dot = name.indexOf('.', 1)
  return key.length - name.length + (dot === -1 ? name.length : dot)
}
