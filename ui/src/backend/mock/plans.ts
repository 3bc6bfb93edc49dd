// One-time tokens: what was shown is what is done. A token works once, for two minutes, for the kind of plan it was made for.
import { Failure } from './failure'

const lifetime = 120_000 // milliseconds

type Plan = { kind: string; payload: unknown; expires: number }

export class Plans {
  #open = new Map<string, Plan>()
  #next = 1
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  issue(kind: string, payload: unknown): string {
    const token = `${kind}-${this.#next++}`
    this.#open.set(token, { kind, payload, expires: this.#now() + lifetime })
    return token
  }

  /** Forgets a plan that was replaced by another. */
  revoke(token: string): void {
    this.#open.delete(token)
  }

  /** Takes the plan back, or refuses: an unknown, used, old or foreign token is stale. */
  redeem<Payload>(kind: string, token: string): Payload {
    const plan = this.#open.get(token)
    this.#open.delete(token)
    if (!plan || plan.kind !== kind || plan.expires < this.#now()) {
      throw new Failure('stalePlan', 'This was prepared too long ago', 'Look at it again, then confirm.')
    }
    return plan.payload as Payload
  }
}
