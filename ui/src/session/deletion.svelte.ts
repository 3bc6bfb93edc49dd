// Deleting, whatever it is: look first what will go (this can be cancelled), then ask with numbers, then delete. The token of
// the look is what the deletion is bound to, so nothing goes that was not shown.
import type { CountProgress, IpcError, PlanToken } from '$backend/backend'
import { asIpcError, isCancelled } from '$lib/errors'

type Shown = { token: PlanToken; bucket: string; asksForName: boolean }

/** How one kind of thing is looked at and deleted. */
export type DeletionSteps<Plan extends Shown, Done> = {
  look: (progress: (counted: CountProgress) => void, operation: string) => Promise<Plan>
  cancel: (operation: string) => Promise<void>
  send: (token: PlanToken, typedName: string | null) => Promise<Done>
}

export class Deletion<Plan extends Shown, Done> {
  plan = $state.raw<Plan | null>(null)
  progress = $state.raw<CountProgress | null>(null)
  typed = $state('')
  busy = $state(false)
  error = $state.raw<IpcError | null>(null)
  private operation: string | null = null

  constructor(
    private readonly steps: DeletionSteps<Plan, Done>,
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
    try {
      this.plan = await this.steps.look((counted) => (this.progress = counted), operation)
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
    if (operation !== null) await this.steps.cancel(operation)
  }

  /** Deletes what was shown and gives the answer; undefined when it was refused, and then the reason is in `error`. */
  async submit(): Promise<Done | undefined> {
    const { plan } = this
    if (plan === null || !this.ready) return undefined
    this.busy = true
    this.error = null
    try {
      return await this.steps.send(plan.token, plan.asksForName ? this.typed : null)
    } catch (error) {
      this.error = asIpcError(error)
      // A token serves once: another try looks again.
      this.plan = null
      return undefined
    } finally {
      this.busy = false
    }
  }
}
