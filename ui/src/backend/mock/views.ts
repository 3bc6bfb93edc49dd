// The views of the mock: opening, reading and selecting rows, and what acts on a selection (delete, download, properties).
import type { AccessBadge, DeleteObjectsPlan, PropertiesView, PropertyValue, Target } from '../bindings'
import type { Backend } from '../backend'
import { formatNumber, formatSize } from '$lib/format'
import { Failure, notFound } from './failure'
import { Listing } from './listing'
import type { Transfers } from './transfers'
import { isPublic, type StoredObject, type World } from './world'

type ViewPart = Pick<
  Backend,
  | 'openView'
  | 'rows'
  | 'sortView'
  | 'filterView'
  | 'stopView'
  | 'refreshView'
  | 'closeView'
  | 'select'
  | 'findRow'
  | 'rowAccess'
  | 'readAddress'
  | 'planDeleteObjects'
  | 'deleteObjects'
  | 'properties'
  | 'download'
>
type Removal = { accountId: string; bucket: string; keys: string[]; bytes: number }
export type Chosen = { accountId: string; bucket: string; label: string; folders: string[]; objects: StoredObject[] }

export class Views {
  readonly world: World
  readonly open = new Map<string, Listing>()

  constructor(world: World) {
    this.world = world
  }

  get(id: string): Listing {
    const view = this.open.get(id)
    if (!view) throw notFound('This view was closed')
    return view
  }

  /** What a target means: a bucket with all its objects, or the objects of a selection. */
  chosen(target: Target): Chosen {
    if (target.kind === 'bucket') {
      const objects = [...this.world.bucket(target.accountId, target.bucket).objects().values()]
      return { accountId: target.accountId, bucket: target.bucket, label: target.bucket, folders: [], objects }
    }
    const view = this.get(target.viewId)
    const { accountId, bucket } = view.request
    const { folders, objects } = view.selectedObjects(target.selectionId)
    const first = objects[0]
    const label = objects.length === 1 && first ? lastPart(first.key) : `${objects.length} objects`
    return { accountId, bucket, label, folders, objects }
  }
}

export function viewsPart(views: Views, transfers: Transfers): ViewPart {
  const { world } = views
  return {
    async openView(request, report) {
      const view = new Listing(world, world.id('view'), request, report)
      views.open.set(view.id, view)
      void view.list()
      return Promise.resolve(view.id)
    },
    rows: async (viewId, start, count) => Promise.resolve(views.get(viewId).rows(start, count)),
    sortView: async (viewId, sort) => Promise.resolve(views.get(viewId).sort(sort)),
    filterView: async (viewId, text) => Promise.resolve(views.get(viewId).filter(text)),
    stopView: async (viewId) => Promise.resolve(views.get(viewId).stop()),
    async refreshView(viewId) {
      void views.get(viewId).list()
      return Promise.resolve()
    },
    async closeView(viewId) {
      views.open.get(viewId)?.close()
      views.open.delete(viewId)
      return Promise.resolve()
    },
    select: async (viewId, change) => Promise.resolve(views.get(viewId).select(change)),
    findRow: async (viewId, typed, from) => Promise.resolve(views.get(viewId).find(typed, from)),
    rowAccess: (viewId, keys) => rowAccess(views, viewId, keys),
    readAddress: async (accountId, text) => Promise.resolve(readAddress(world, accountId, text)),
    planDeleteObjects: async (viewId, selectionId, progress) => {
      const chosen = views.chosen({ kind: 'selection', viewId, selectionId })
      await world.wait(120)
      progress({ objects: chosen.objects.length, bytes: sizeOf(chosen.objects), done: true })
      return deletePlan(world, chosen)
    },
    async deleteObjects(token, typedName) {
      const removal = world.plans.redeem<Removal>('deleteObjects', token)
      if (removal.keys.length > 1_000 && typedName !== removal.bucket) {
        throw new Failure('invalidInput', 'Type the bucket’s name to delete this many objects', null, { field: 'name' })
      }
      const objects = world.bucket(removal.accountId, removal.bucket).objects()
      for (const key of removal.keys) objects.delete(key)
      world.record({ operation: 'DeleteObjects', method: 'POST', target: `${removal.bucket}?delete` })
      const id = transfers.begin({
        kind: 'delete',
        accountId: removal.accountId,
        bucket: removal.bucket,
        title: count(removal.keys.length, 'object'),
        place: `from ${removal.bucket}`,
        items: removal.keys.length,
        bytes: null,
      })
      for (const view of views.open.values()) if (view.request.bucket === removal.bucket) void view.list()
      return Promise.resolve(id)
    },
    properties: (target) => properties(views, target),
    async download(viewId, selectionId) {
      const chosen = views.chosen({ kind: 'selection', viewId, selectionId })
      const id = transfers.begin({
        kind: 'download',
        accountId: chosen.accountId,
        bucket: chosen.bucket,
        title: chosen.label,
        place: `from ${chosen.bucket}/ to Downloads`,
        items: chosen.objects.length,
        bytes: sizeOf(chosen.objects),
      })
      return Promise.resolve(id)
    },
  }
}

async function rowAccess(views: Views, viewId: string, keys: string[]): Promise<AccessBadge[]> {
  const { world } = views
  const { accountId, bucket } = views.get(viewId).request
  await world.wait(90)
  if (!world.account(accountId).hasAcls)
    return keys.map(() => ({ access: 'unknown', reason: 'This server has no ACLs' }))
  const stored = world.bucket(accountId, bucket)
  return keys.map((key) => {
    const object = stored.objects().get(key)
    return { access: object && isPublic(object, stored) ? 'public' : 'private', reason: null }
  })
}

function readAddress(
  world: World,
  accountId: string,
  text: string,
): { bucket: string; prefix: string; key: string | null } {
  const { view, buckets } = world.account(accountId)
  let path = text
    .trim()
    .replace(/^s3:\/\//, '')
    .replace(/^\/+/, '')
  if (/^https?:\/\//.test(path)) {
    const url = new URL(path)
    if (url.host !== view.endpoint) throw new Failure('invalidInput', `${url.host} is not this account’s server`)
    path = decodeURIComponent(url.pathname.slice(1)).replace(/^[0-9a-f]{32}:/, '')
  }
  const [bucket = '', ...rest] = path.split('/')
  const stored = buckets.get(bucket)
  if (!stored) throw notFound(`There is no bucket “${bucket}”`)
  const key = rest.join('/')
  const prefix = key.slice(0, key.lastIndexOf('/') + 1)
  return { bucket, prefix, key: key === prefix ? null : key }
}

function deletePlan(world: World, chosen: Chosen): DeleteObjectsPlan {
  const { accountId, bucket, folders, objects } = chosen
  const stored = world.bucket(accountId, bucket)
  const bytes = sizeOf(objects)
  const single = objects.filter((object) => !folders.some((folder) => object.key.startsWith(folder)))
  const lines = [
    ...single.map((object) => ({ name: lastPart(object.key), detail: formatSize(object.size) })),
    ...folders.map((folder) => ({
      name: folder,
      detail: count(objects.filter((one) => one.key.startsWith(folder)).length, 'object'),
    })),
  ]
  return {
    token: world.plans.issue('deleteObjects', { accountId, bucket, keys: objects.map((one) => one.key), bytes }),
    objects: objects.length,
    bytes,
    folders: folders.length,
    lines: lines.slice(0, 6),
    more: Math.max(0, lines.length - 6),
    versioning: 'off',
    requests: Math.ceil(objects.length / 1_000),
    asksForName: objects.length > 1_000,
    bucket,
    publicCount: objects.filter((one) => isPublic(one, stored)).length,
  }
}

async function properties(views: Views, target: Target): Promise<PropertiesView> {
  const { world } = views
  await world.wait(140)
  const chosen = views.chosen(target)
  const account = world.account(chosen.accountId)
  const row = (label: string, value: PropertyValue | string, mono = false) => ({
    label,
    value: typeof value === 'string' ? { kind: 'text' as const, text: value } : value,
    mono,
    copy: mono,
  })
  if (target.kind === 'bucket') {
    const bucket = world.bucket(chosen.accountId, chosen.bucket)
    if (!bucket.mayList)
      throw new Failure('accessDenied', `You may not read the properties of “${bucket.name}”`, 'Ask its owner.')
    const address = `${account.view.scheme}://${account.view.endpoint}/${bucket.name}/`
    const contents = [
      row('Objects', { kind: 'count', count: chosen.objects.length }),
      row('Size', { kind: 'bytes', bytes: sizeOf(chosen.objects) }),
    ]
    const general = [
      row('Name', bucket.name, true),
      row('Created', { kind: 'time', at: bucket.created }),
      row('Owner', account.owner, true),
      row('Region', account.view.region),
      row('Address', address, true),
    ]
    return {
      title: bucket.name,
      kind: 'bucket',
      groups: [
        { title: 'Bucket', rows: general },
        { title: 'Contents', rows: contents },
        {
          title: 'Settings',
          rows: [row('Versioning', 'Off'), row('Policy', bucket.futurePublic ? 'Objects readable by anyone' : 'None')],
        },
      ],
    }
  }
  const [first] = chosen.objects
  if (!first) throw notFound('Nothing is selected')
  if (chosen.objects.length > 1) {
    const total = [
      row('Objects', { kind: 'count', count: chosen.objects.length }),
      row('Folders', { kind: 'count', count: chosen.folders.length }),
      row('Size of the objects', { kind: 'bytes', bytes: sizeOf(chosen.objects) }),
    ]
    return {
      title: count(chosen.objects.length, 'object'),
      kind: 'many',
      groups: [{ title: 'Selection', rows: total }],
    }
  }
  const rows = [
    row('Key', first.key, true),
    row('Size', { kind: 'bytes', bytes: first.size }),
    row('Last modified', { kind: 'time', at: first.modified }),
    row('Storage class', first.storageClass),
    row('ETag', '9f3c21ab7d04e6155a1be2c0f7d80a43', true),
    row('Owner', account.owner, true),
  ]
  const headers = [
    row('Content-Type', first.contentType, true),
    row('Cache-Control', 'not set'),
    row('Content-Disposition', 'not set'),
  ]
  return {
    title: lastPart(first.key),
    kind: 'object',
    groups: [
      { title: 'Object', rows },
      { title: 'Headers', rows: headers },
    ],
  }
}

export function sizeOf(objects: StoredObject[]): number {
  return objects.reduce((sum, object) => sum + object.size, 0)
}

export function lastPart(key: string): string {
  return key.split('/').pop() || key
}

export function count(number: number, noun: string): string {
  return `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`
}
