// Deleting what is selected: look first (this can be cancelled), then ask with numbers, then start the job the look was for.
import type { Backend, CountProgress, DeleteObjectsPlan, IpcError } from '$backend/backend'
import { asIpcError, isCancelled } from '$lib/errors'

export class ObjectDeletion {
  plan = $state.raw<DeleteObjectsPlan | null>(null)
  progress = $state.raw<CountProgress | null>(null)
  typed = $state('')
  busy = $state(false)
  error = $state.raw<IpcError | null>(null)
  private operation: string | null = null

  constructor(
    private readonly backend: Backend,
    private readonly what: { viewId: string; selectionId: string },
    private readonly newId: () => string = () => crypto.randomUUID(),
  ) {}

  get ready(): boolean {
    const { plan } = this
    return plan !== null && !this.busy && (!plan.asksForName || this.typed === plan.bucket)
  }

  /** Counts what would go. */
  async look(): Promise<void> {
    this.error = null
    this.plan = null
    const operation = this.newId()
    this.operation = operation
    const counted = (progress: CountProgress) => (this.progress = progress)
    try {
      const { viewId, selectionId } = this.what
      this.plan = await this.backend.planDeleteObjects(viewId, selectionId, counted, operation)
    } catch (error) {
      if (!isCancelled(error)) this.error = asIpcError(error)
    } finally {
      if (this.operation === operation) this.operation = null
    }
  }

  /** Stops counting; nothing was changed. */
  async cancel(): Promise<void> {
    const { operation } = this
    this.operation = null
    if (operation !== null) await this.backend.cancelOperation(operation)
  }

  /** Starts the job that deletes what was shown; gives its id, or null when it was refused. */
  async submit(): Promise<number | null> {
    const { plan } = this
    if (plan === null || !this.ready) return null
    this.busy = true
    this.error = null
    try {
      return await this.backend.deleteObjects(plan.token, plan.asksForName ? this.typed : null)
    } catch (error) {
      this.error = asIpcError(error)
      // A token serves once.
      this.plan = null
      return null
    } finally {
      this.busy = false
    }
  }
}
