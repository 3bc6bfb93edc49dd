// The log of requests: the newest few thousand, newest first, filtered by text and by failure. It holds what the backend
// sends, which has no keys, signatures or tokens in it.
import type { Backend, Stop } from '$backend/backend'
import type { EventView, IpcError } from '$backend/bindings'
import { asIpcError } from '$lib/errors'

/** More would only cost memory here; the backend keeps the rest. */
export const mostEvents = 5_000

export class Events {
  all = $state.raw<EventView[]>([])
  text = $state('')
  failedOnly = $state(false)
  /** The event whose details are open, by its number. */
  opened = $state<number | null>(null)
  error = $state.raw<IpcError | null>(null)
  shown = $derived.by(() => {
    const words = this.text.toLowerCase().split(/\s+/).filter(Boolean)
    if (words.length === 0 && !this.failedOnly) return this.all
    return this.all.filter((event) => (!this.failedOnly || isFailed(event)) && matches(event, words))
  })
  #backend: Backend
  #newest = 0

  constructor(backend: Backend) {
    this.#backend = backend
  }

  get openedEvent(): EventView | null {
    return this.opened === null ? null : (this.all.find((event) => event.sequence === this.opened) ?? null)
  }

  /** Follows the log until the returned function is called. */
  follow(): Stop {
    let stopped = false
    let stop: Stop = () => undefined
    this.#backend
      .watchEvents((events) => {
        if (!stopped) this.take(events)
      })
      .then((started) => {
        if (stopped) started()
        else stop = started
      })
      .catch((thrown: unknown) => (this.error = asIpcError(thrown)))
    return () => {
      stopped = true
      stop()
    }
  }

  /** Takes a batch in any order; an event seen before is not taken twice. */
  take(events: EventView[]): void {
    const fresh = events.filter((event) => event.sequence > this.#newest).sort((a, b) => b.sequence - a.sequence)
    const [first] = fresh
    if (first === undefined) return
    this.#newest = first.sequence
    this.all = [...fresh, ...this.all].slice(0, mostEvents)
  }

  async clear(): Promise<void> {
    try {
      await this.#backend.clearEvents()
      this.all = []
      this.opened = null
    } catch (thrown) {
      this.error = asIpcError(thrown)
    }
  }

  showAll(): void {
    this.text = ''
    this.failedOnly = false
  }
}

/** A request that got no answer, or one that refuses. */
export function isFailed(event: EventView): boolean {
  return event.error !== null || event.status === null || event.status >= 400
}

/** One line of the log as text, for a report. */
export function eventText(event: EventView): string {
  const parts = [
    new Date(event.at).toISOString(),
    event.account,
    event.operation,
    `${event.method} ${event.target}`,
    event.status === null ? 'no answer' : String(event.status),
    `${event.durationMs} ms`,
    event.requestId,
    event.error,
  ]
  return parts.filter((part) => part !== null && part !== '').join('  ')
}

function matches(event: EventView, words: string[]): boolean {
  const text = `${event.operation} ${event.method} ${event.target} ${event.status ?? ''} ${event.requestId ?? ''} ${event.account} ${event.error ?? ''}`
  const lower = text.toLowerCase()
  return words.every((word) => lower.includes(word))
}
