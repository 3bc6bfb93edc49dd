// The properties of one target; what is read for a target left meanwhile is dropped.
import type { Backend } from '$backend/backend'
import type { IpcError, PropertiesView, Target } from '$backend/bindings'
import { asIpcError } from '$lib/errors'

export class Properties {
  view = $state.raw<PropertiesView | null>(null)
  error = $state.raw<IpcError | null>(null)
  loading = $state(false)
  #backend: Backend
  #target: Target | null = null
  #asked = 0

  constructor(backend: Backend) {
    this.#backend = backend
  }

  async load(target: Target | null): Promise<void> {
    const asked = ++this.#asked
    if (JSON.stringify(target) !== JSON.stringify(this.#target)) this.view = null
    this.#target = target
    this.error = null
    this.loading = target !== null
    if (target === null) return
    try {
      const view = await this.#backend.properties(target)
      if (asked === this.#asked) this.view = view
    } catch (thrown) {
      if (asked !== this.#asked) return
      this.view = null
      this.error = asIpcError(thrown)
    } finally {
      if (asked === this.#asked) this.loading = false
    }
  }

  reload(): Promise<void> {
    return this.load(this.#target)
  }
}
