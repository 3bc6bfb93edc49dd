// The open listing: its id in the backend, how far it is, and what is selected. Rows are fetched by who draws them.
// Only the newest view counts: answers of an older one are dropped, and it is closed as soon as its id is known.
import type { Backend, IpcError, SelectionChange, SelectionView, Sort, ViewRequest, ViewStatus } from '$backend/backend'
import { asIpcError } from '$lib/errors'

const nothing: SelectionView = { id: '', objects: 0, folders: 0, bytes: 0, hidden: 0, single: null }

/** The listing on the screen. */
export class CurrentView {
  id = $state<string | null>(null)
  request = $state.raw<ViewRequest | null>(null)
  status = $state.raw<ViewStatus | null>(null)
  /** The view could not even be opened. */
  refused = $state.raw<IpcError | null>(null)
  selection = $state.raw<SelectionView>(nothing)
  filter = $state('')
  private generation = 0
  private filtering = 0

  constructor(private readonly backend: Backend) {}

  /** What went wrong, wherever it did. */
  get error(): IpcError | null {
    return this.refused ?? this.status?.error ?? null
  }

  get selected(): number {
    return this.selection.objects + this.selection.folders
  }

  /** Opens a listing in place of the one before. */
  async open(request: ViewRequest): Promise<void> {
    const generation = this.begin(request)
    try {
      const id = await this.backend.openView(request, (status) => {
        if (generation === this.generation) this.take(status)
      })
      if (generation === this.generation) this.id = id
      else await this.backend.closeView(id)
    } catch (error) {
      if (generation === this.generation) this.refused = asIpcError(error)
    }
  }

  /** Closes it; nothing is shown. */
  async close(): Promise<void> {
    const old = this.id
    this.generation += 1
    this.reset(null)
    if (old !== null) await this.backend.closeView(old)
  }

  private begin(request: ViewRequest): number {
    const old = this.id
    this.generation += 1
    this.reset(request)
    // A view that is gone already has nothing left to close.
    if (old !== null) this.backend.closeView(old).catch(() => undefined)
    return this.generation
  }

  private reset(request: ViewRequest | null): void {
    this.id = null
    this.request = request
    this.status = null
    this.refused = null
    this.selection = nothing
    this.filter = ''
  }

  private take(status: ViewStatus): void {
    this.status = status
    this.selection = status.selection
  }

  /** Lists again, keeping sort, filter and the selection by key. */
  async refresh(): Promise<void> {
    if (this.id !== null) await this.backend.refreshView(this.id)
    else if (this.request !== null) await this.open(this.request)
  }

  /** Stops listing; what was listed stays. */
  async stop(): Promise<void> {
    if (this.id !== null) await this.backend.stopView(this.id)
  }

  async sort(sort: Sort): Promise<void> {
    if (this.request === null) return
    this.request = { ...this.request, sort }
    if (this.id !== null) await this.backend.sortView(this.id, sort)
  }

  /** Shows only rows that contain the text. While a filter is on its way only the newest text is sent after it. */
  async setFilter(text: string): Promise<void> {
    this.filter = text
    const turn = ++this.filtering
    await Promise.resolve()
    if (turn === this.filtering && this.id !== null) await this.backend.filterView(this.id, text)
  }

  /** Changes the selection and gives the new one. */
  async select(change: SelectionChange): Promise<void> {
    const { id, generation } = this
    if (id === null) return
    const selection = await this.backend.select(id, change)
    if (generation === this.generation) this.selection = selection
  }
}
