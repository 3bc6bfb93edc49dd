// Sizes of panes and what was open, kept between starts. The backend keeps it as text it does not read.
import type { Sort } from '$backend/backend'
import { naturalZoom, readZoom } from '$lib/zoom'
import { Columns, readColumns, type Column } from './columns.svelte'

export const dockTabs = ['transfers', 'permissions', 'properties', 'eventLog'] as const
export type DockTab = (typeof dockTabs)[number]

export const sidebarSize = { min: 216, max: 440, reset: 300 }
export const dockSize = { min: 140, reset: 272 }

export type Place = { bucket: string; prefix: string }

/** What is written. Unknown or broken fields fall back one by one. */
export type SavedLayout = {
  sidebar: number
  dock: number
  sidebarOpen: boolean
  dockOpen: boolean
  /** In percent. */
  zoom: number
  tab: DockTab
  sort: Sort
  columns: Column[]
  flat: string[]
  accountId: string | null
  place: Place | null
}

const fresh: SavedLayout = {
  sidebar: sidebarSize.reset,
  dock: dockSize.reset,
  sidebarOpen: true,
  dockOpen: true,
  zoom: naturalZoom,
  tab: 'permissions',
  sort: { column: 'name', direction: 'ascending' },
  columns: readColumns(null),
  flat: [],
  accountId: null,
  place: null,
}

const sortable = new Set<Sort['column']>(['name', 'size', 'type', 'lastModified', 'storageClass'])
const mostFlat = 500

const isSort = (value: unknown): value is Sort =>
  typeof value === 'object' &&
  value !== null &&
  sortable.has((value as Sort).column) &&
  ['ascending', 'descending'].includes((value as Sort).direction)

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Place).bucket === 'string' &&
  typeof (value as Place).prefix === 'string'

/** Reads a saved layout; whatever it holds, a layout comes out. */
export function readLayout(text: string | null): SavedLayout {
  let found: Record<string, unknown> = {}
  try {
    found = (JSON.parse(text ?? '{}') ?? {}) as Record<string, unknown>
  } catch {
    return fresh
  }
  const size = (value: unknown, least: number, most: number, otherwise: number) =>
    typeof value === 'number' && Number.isFinite(value) ? Math.min(Math.max(value, least), most) : otherwise
  return {
    sidebar: size(found.sidebar, sidebarSize.min, sidebarSize.max, fresh.sidebar),
    dock: size(found.dock, dockSize.min, 4000, fresh.dock),
    sidebarOpen: found.sidebarOpen !== false,
    dockOpen: found.dockOpen !== false,
    zoom: readZoom(found.zoom),
    tab: dockTabs.find((tab) => tab === found.tab) ?? fresh.tab,
    sort: isSort(found.sort) ? found.sort : fresh.sort,
    columns: readColumns(found.columns),
    flat: Array.isArray(found.flat) ? found.flat.filter((name) => typeof name === 'string').slice(-mostFlat) : [],
    accountId: typeof found.accountId === 'string' ? found.accountId : null,
    place: isPlace(found.place) ? found.place : null,
  }
}

/** The layout as it is now. */
export class Layout {
  sidebar = $state(fresh.sidebar)
  dock = $state(fresh.dock)
  sidebarOpen = $state(fresh.sidebarOpen)
  dockOpen = $state(fresh.dockOpen)
  /** In a small window the details lie over the table while this is set; not kept. */
  dockSheet = $state(false)
  zoom = $state(fresh.zoom)
  tab = $state<DockTab>(fresh.tab)
  sort = $state.raw<Sort>(fresh.sort)
  readonly columns: Columns
  /** Buckets shown flat, as `account/bucket`. */
  private flat = $state.raw<string[]>([])

  constructor(saved: SavedLayout) {
    Object.assign(this, {
      sidebar: saved.sidebar,
      dock: saved.dock,
      sidebarOpen: saved.sidebarOpen,
      dockOpen: saved.dockOpen,
      zoom: saved.zoom,
      tab: saved.tab,
      sort: saved.sort,
    })
    this.columns = new Columns(saved.columns)
    this.flat = saved.flat
  }

  isFlat(accountId: string, bucket: string): boolean {
    return this.flat.includes(`${accountId}/${bucket}`)
  }

  /** Remembers how a bucket is shown. */
  setFlat(accountId: string, bucket: string, flat: boolean): void {
    const name = `${accountId}/${bucket}`
    const others = this.flat.filter((other) => other !== name)
    this.flat = flat ? [...others, name].slice(-mostFlat) : others
  }

  /** What is written down, with where one is. */
  save(accountId: string | null, place: Place | null): SavedLayout {
    const { sidebar, dock, sidebarOpen, dockOpen, zoom, tab, sort, flat } = this
    const columns = this.columns.all
    return { sidebar, dock, sidebarOpen, dockOpen, zoom, tab, sort, columns, flat, accountId, place }
  }
}
