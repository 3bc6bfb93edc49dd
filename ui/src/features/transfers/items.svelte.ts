// The objects of one transfer, read in pages as somebody scrolls: a job of a hundred thousand costs what is looked at. While
// the job moves, the pages in view are read again, not the others.
import type { Backend } from '$backend/backend'
import type { IpcError, ItemStanding, TransferItemView } from '$backend/bindings'
import { asIpcError } from '$lib/errors'

export const pageSize = 200
/** A job tells its figures four times a second; its objects are looked at less often. */
export const refreshPause = 700

export class JobItems {
  pages = $state.raw<TransferItemView[][]>([])
  which = $state<ItemStanding | null>(null)
  error = $state.raw<IpcError | null>(null)
  /** Whether the last page is known. */
  complete = $state(false)
  #backend: Backend
  #job: number
  #start = 0
  #end = 0
  #generation = 0
  #reading = false
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(backend: Backend, job: number) {
    this.#backend = backend
    this.#job = job
  }

  get count(): number {
    const last = this.pages.at(-1)
    return last === undefined ? 0 : (this.pages.length - 1) * pageSize + last.length
  }

  /** The object at a place, as far as it was read. */
  at(index: number): TransferItemView | null {
    return this.pages[Math.floor(index / pageSize)]?.[index % pageSize] ?? null
  }

  /** These rows are in view: pages that come next are read before they are reached. */
  async show(start: number, end: number): Promise<void> {
    this.#start = start
    this.#end = end
    if (!this.complete && end >= this.count - pageSize / 4) await this.#read(Math.max(0, this.#next))
  }

  /** Shows only what stands so; null shows everything. */
  async filter(which: ItemStanding | null): Promise<void> {
    this.which = which
    this.pages = []
    this.complete = false
    this.#generation += 1
    this.#reading = false
    await this.#read(0)
  }

  /** The job moved: what is in view is read again, soon. */
  moved(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      void this.#refresh()
    }, refreshPause)
  }

  /** Nobody looks any more. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#generation += 1
  }

  /** The page to read next: the last one again when it was not full. */
  get #next(): number {
    const full = this.pages.at(-1)?.length === pageSize
    return full ? this.pages.length : this.pages.length - 1
  }

  async #refresh(): Promise<void> {
    const first = Math.floor(this.#start / pageSize)
    const last = Math.min(
      Math.floor(Math.max(this.#start, this.#end - 1) / pageSize),
      Math.max(0, this.pages.length - 1),
    )
    for (let page = first; page <= last; page += 1) await this.#read(page)
  }

  async #read(page: number): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    const generation = this.#generation
    try {
      const after = page === 0 ? 0 : (this.pages[page - 1]?.at(-1)?.number ?? 0)
      const found = await this.#backend.transferItems(this.#job, this.which, after, pageSize)
      if (generation !== this.#generation) return
      this.#put(page, found)
      this.error = null
    } catch (thrown) {
      if (generation === this.#generation) this.error = asIpcError(thrown)
    } finally {
      if (generation === this.#generation) this.#reading = false
    }
  }

  #put(page: number, found: TransferItemView[]): void {
    // A page that shrank is the last one: what came behind it moved up.
    const behind = found.length < pageSize ? [] : this.pages.slice(page + 1)
    this.pages = [...this.pages.slice(0, page), found, ...behind]
    if (behind.length === 0) this.complete = found.length < pageSize
  }
}
