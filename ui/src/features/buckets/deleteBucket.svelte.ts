// Deleting a bucket: first look what is in it (this can be cancelled), then ask, then delete. The token of the look is
// what the deletion is bound to, so nothing goes that was not shown.
import type { Backend, CountProgress, DeleteBucketPlan, IpcError } from '$backend/backend'
import { asIpcError, isCancelled } from '$lib/errors'

export class BucketDeletion {
  plan = $state.raw<DeleteBucketPlan | null>(null)
  progress = $state.raw<CountProgress | null>(null)
  typed = $state('')
  busy = $state(false)
  error = $state.raw<IpcError | null>(null)
  private operation: string | null = null

  constructor(
    private readonly backend: Backend,
    private readonly accountId: string,
    readonly bucket: string,
    private readonly newId: () => string = () => crypto.randomUUID(),
  ) {}

  get ready(): boolean {
    const { plan } = this
    return plan !== null && !this.busy && (!plan.asksForName || this.typed === this.bucket)
  }

  /** Looks into the bucket. */
  async look(): Promise<void> {
    this.error = null
    this.plan = null
    const operation = this.newId()
    this.operation = operation
    const counted = (progress: CountProgress) => (this.progress = progress)
    try {
      this.plan = await this.backend.planDeleteBucket(this.accountId, this.bucket, counted, operation)
    } catch (error) {
      if (!isCancelled(error)) this.error = asIpcError(error)
    } finally {
      if (this.operation === operation) this.operation = null
    }
  }

  /** Stops looking; nothing was changed. */
  async cancel(): Promise<void> {
    const { operation } = this
    this.operation = null
    if (operation !== null) await this.backend.cancelOperation(operation)
  }

  /** Deletes what was shown. Gives the job that empties the bucket first, null when it is gone already; undefined when refused. */
  async submit(): Promise<number | null | undefined> {
    const { plan } = this
    if (plan === null || !this.ready) return undefined
    this.busy = true
    this.error = null
    try {
      return await this.backend.deleteBucket(plan.token, plan.asksForName ? this.typed : null)
    } catch (error) {
      this.error = asIpcError(error)
      // Tokens serve once: what is in the bucket is looked at again before another try.
      this.plan = null
      return undefined
    } finally {
      this.busy = false
    }
  }
}
