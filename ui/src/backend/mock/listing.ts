// One open view of a bucket: pages that arrive one after another, sorted, filtered, and a selection kept by key.
import type {
  IpcError,
  RowsView,
  RowView,
  SelectionChange,
  SelectionView,
  Sort,
  ViewRequest,
  ViewStatus,
} from '../bindings'
import { denied, Failure } from './failure'
import { kindOf, nameParts, nameTags, spokenName } from './names'
import type { StoredBucket, StoredObject, World } from './world'

type Entry = { kind: 'folder' | 'object'; key: string; name: string; object: StoredObject | null }

const pageSize = 1_000
const collator = new Intl.Collator('en', { numeric: true })

export class Listing {
  readonly id: string
  readonly request: ViewRequest
  #world: World
  #bucket: StoredBucket
  #report: (status: ViewStatus) => void
  #entries: Entry[] = []
  #shown: Entry[] = []
  #stale = false
  #sort: Sort
  #filter = ''
  #run = 0
  #version = 0
  #state: ViewStatus['state'] = 'listing'
  #error: IpcError | null = null
  #finishedAt: number | null = null
  #selected = new Set<string>()
  #selectionId: string

  constructor(world: World, id: string, request: ViewRequest, report: (status: ViewStatus) => void) {
    this.id = id
    this.request = request
    this.#world = world
    this.#bucket = world.bucket(request.accountId, request.bucket)
    this.#report = report
    this.#sort = request.sort
    this.#selectionId = world.id('selection')
  }

  async list(): Promise<void> {
    const run = ++this.#run
    this.#entries = []
    this.#state = 'listing'
    this.#error = null
    this.#changed()
    if (!this.#bucket.mayList) return this.#fail()
    const all = this.#everything()
    let reported = this.#world.now()
    for (let start = 0; start === 0 || start < all.length; start += pageSize) {
      await this.#world.wait(this.#bucket.pageDelay)
      if (run !== this.#run) return
      this.#world.record({
        operation: 'ListObjectsV2',
        method: 'GET',
        target: `${this.#bucket.name}/${this.request.prefix}`,
      })
      this.#entries.push(...all.slice(start, start + pageSize))
      if (start === 0 || this.#world.now() - reported >= 100) {
        reported = this.#world.now()
        this.#changed()
      }
    }
    this.#finish('complete')
  }

  stop(): void {
    if (this.#state !== 'listing') return
    this.#run += 1
    this.#finish('stopped')
  }

  close(): void {
    this.#run += 1
  }

  sort(sort: Sort): void {
    this.#sort = sort
    this.#changed()
  }

  filter(text: string): void {
    this.#filter = text.toLowerCase()
    this.#changed()
  }

  rows(start: number, count: number): RowsView {
    const shown = this.#rows()
    const rows = shown.slice(start, start + count).map((entry, offset) => this.#row(entry, start + offset))
    return { version: this.#version, total: shown.length, start, rows }
  }

  find(typed: string, from: number): number | null {
    const shown = this.#rows()
    const wanted = typed.toLowerCase()
    for (let step = 0; step < shown.length; step += 1) {
      const index = (from + step) % shown.length
      if (shown[index]?.name.toLowerCase().startsWith(wanted)) return index
    }
    return null
  }

  select(change: SelectionChange): SelectionView {
    const shown = this.#rows()
    const key = (index: number): string[] => (shown[index] ? [shown[index].key] : [])
    if (change.kind === 'toggle') {
      for (const one of key(change.index)) if (!this.#selected.delete(one)) this.#selected.add(one)
    } else {
      const keep = change.kind === 'range' && change.additive ? [...this.#selected] : []
      this.#selected = new Set([...keep, ...this.#chosen(change, shown, key)])
    }
    this.#selectionId = this.#world.id('selection')
    const selection = this.selection()
    this.#report(this.status())
    return selection
  }

  #chosen(change: SelectionChange, shown: Entry[], key: (index: number) => string[]): string[] {
    switch (change.kind) {
      case 'only':
        return key(change.index)
      case 'range': {
        const [low, high] = [Math.min(change.from, change.to), Math.max(change.from, change.to)]
        return shown.slice(low, high + 1).map((entry) => entry.key)
      }
      case 'all':
        return shown.map((entry) => entry.key)
      case 'key':
        return [change.key]
      default:
        return []
    }
  }

  selection(): SelectionView {
    const chosen = this.#entries.filter((entry) => this.#selected.has(entry.key))
    const visible = this.#filter === '' ? chosen : chosen.filter((entry) => this.#matches(entry))
    const single = chosen.length === 1 ? chosen[0] : undefined
    const index = single ? this.#rows().indexOf(single) : -1
    return {
      id: this.#selectionId,
      objects: chosen.filter((entry) => entry.kind === 'object').length,
      folders: chosen.filter((entry) => entry.kind === 'folder').length,
      bytes: chosen.reduce((sum, entry) => sum + (entry.object?.size ?? 0), 0),
      hidden: chosen.length - visible.length,
      single: single ? this.#row(single, index) : null,
    }
  }

  /** Folders of the selection, and every object the selection means: those below its folders too. */
  selectedObjects(selectionId: string): { folders: string[]; objects: StoredObject[] } {
    if (selectionId !== this.#selectionId) throw new Failure('stalePlan', 'The selection has changed meanwhile')
    const folders = [...this.#selected].filter((key) => key.endsWith('/') && this.request.mode === 'folders')
    const all = [...this.#bucket.objects().values()]
    const objects = all.filter(
      (one) => this.#selected.has(one.key) || folders.some((folder) => one.key.startsWith(folder)),
    )
    return { folders, objects }
  }

  status(): ViewStatus {
    const objects = this.#entries.filter((entry) => entry.kind === 'object')
    const matching = this.#rows()
    return {
      version: this.#version,
      state: this.#state,
      listed: objects.length,
      folders: this.#entries.length - objects.length,
      matching: matching.length,
      matchingFolders: matching.filter((entry) => entry.kind === 'folder').length,
      bytes: objects.reduce((sum, entry) => sum + (entry.object?.size ?? 0), 0),
      finishedAt: this.#finishedAt,
      error: this.#error,
      selection: this.selection(),
    }
  }

  #everything(): Entry[] {
    const { prefix, mode } = this.request
    const folders = new Map<string, Entry>()
    const objects: Entry[] = []
    for (const object of this.#bucket.objects().values()) {
      if (!object.key.startsWith(prefix) || object.key === prefix) continue
      const rest = object.key.slice(prefix.length)
      const slash = rest.indexOf('/')
      if (mode === 'folders' && slash >= 0) {
        const key = prefix + rest.slice(0, slash + 1)
        if (!folders.has(key)) folders.set(key, { kind: 'folder', key, name: rest.slice(0, slash), object: null })
      } else {
        objects.push({ kind: 'object', key: object.key, name: rest, object })
      }
    }
    return [...folders.values(), ...objects]
  }

  #rows(): Entry[] {
    if (!this.#stale) return this.#shown
    this.#stale = false
    const matching = this.#filter === '' ? [...this.#entries] : this.#entries.filter((entry) => this.#matches(entry))
    this.#shown = matching.sort((a, b) => this.#compare(a, b))
    return this.#shown
  }

  #matches(entry: Entry): boolean {
    return entry.name.toLowerCase().includes(this.#filter)
  }

  #compare(a: Entry, b: Entry): number {
    if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1
    const turn = this.#sort.direction === 'ascending' ? 1 : -1
    return turn * (this.#value(a, b) || compareNames(a.name, b.name))
  }

  #value(a: Entry, b: Entry): number {
    switch (this.#sort.column) {
      case 'size':
        return (a.object?.size ?? 0) - (b.object?.size ?? 0)
      case 'lastModified':
        return (a.object?.modified ?? 0) - (b.object?.modified ?? 0)
      case 'type':
        return collator.compare(kindOf(a.name).type, kindOf(b.name).type)
      case 'storageClass':
        return collator.compare(a.object?.storageClass ?? '', b.object?.storageClass ?? '')
      default:
        return 0
    }
  }

  #row(entry: Entry, index: number): RowView {
    const folder = entry.kind === 'folder'
    const { type, icon } = kindOf(entry.name)
    return {
      index,
      kind: entry.kind,
      key: entry.key,
      name: nameParts(entry.name),
      spoken: spokenName(entry.name),
      tags: nameTags(entry.name),
      size: entry.object?.size ?? null,
      lastModified: entry.object?.modified ?? null,
      type: folder ? 'Folder' : type,
      icon: folder ? 'folder' : icon,
      storageClass: entry.object?.storageClass ?? null,
      selected: this.#selected.has(entry.key),
    }
  }

  #changed(): void {
    this.#version += 1
    this.#stale = true
    this.#report(this.status())
  }

  #finish(state: 'complete' | 'stopped'): void {
    this.#state = state
    this.#finishedAt = this.#world.now()
    this.#changed()
  }

  async #fail(): Promise<void> {
    await this.#world.wait(180)
    const { name } = this.#bucket
    this.#error = denied(
      'ListObjectsV2',
      name,
      `These keys can reach ${name}, but its owner does not let them list it.`,
      'If you know a key or a folder, you can still open it.',
    )
    this.#state = 'failed'
    this.#world.record({
      operation: 'ListObjectsV2',
      method: 'GET',
      target: `${name}/`,
      status: 403,
      error: 'AccessDenied',
    })
    this.#changed()
  }
}

function compareNames(a: string, b: string): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1
  return collator.compare(a, b)
}
