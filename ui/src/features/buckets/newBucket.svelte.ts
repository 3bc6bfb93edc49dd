// The draft of a new bucket: its name, and what the rules say to it while it is typed.
import type { Backend, CreatedBucket, IpcError, NameRule } from '$backend/backend'
import { asIpcError } from '$lib/errors'

export class NewBucketDraft {
  name = $state('')
  rules = $state.raw<NameRule[]>([])
  busy = $state(false)
  error = $state.raw<IpcError | null>(null)
  private turn = 0

  constructor(
    private readonly backend: Backend,
    private readonly accountId: string,
  ) {}

  get ready(): boolean {
    return this.name !== '' && this.rules.length > 0 && this.rules.every(({ ok }) => ok) && !this.busy
  }

  /** Takes the typed name without the spaces a paste brings, and asks what the rules say to it. */
  async rename(typed: string): Promise<void> {
    this.name = typed.trim()
    this.error = null
    const turn = ++this.turn
    const rules = this.name === '' ? [] : await this.backend.bucketNameRules(this.accountId, this.name)
    if (turn === this.turn) this.rules = rules
  }

  /** Creates it. A refusal stays with the draft. */
  async submit(): Promise<CreatedBucket | null> {
    if (!this.ready) return null
    this.busy = true
    this.error = null
    try {
      return await this.backend.createBucket(this.accountId, this.name)
    } catch (error) {
      this.error = asIpcError(error)
      return null
    } finally {
      this.busy = false
    }
  }
}
