// Uploads in the mock: sources (chosen or dropped), the plan with its conflicts, its changes, and the start.
import type { ConflictPolicy, UploadAccess, UploadItemView, UploadPlan, UploadTarget } from '../bindings'
import type { Backend } from '../backend'
import { denied, Failure, notFound } from './failure'
import { kindOf } from './names'
import { object as newObject } from './seed'
import type { Transfers } from './transfers'
import { count, type Views } from './views'
import type { World } from './world'

type UploadPart = Pick<
  Backend,
  'watchDrops' | 'chooseUpload' | 'planUpload' | 'reviseUpload' | 'startUpload' | 'discardUpload'
>
type SourceFile = { name: string; size: number }
type Draft = {
  id: string
  target: UploadTarget
  files: { name: string; size: number; rest: string; decision: ConflictPolicy | null }[]
  policy: ConflictPolicy
  access: UploadAccess
  alwaysAsk: boolean
  token: string | null
}

const partSize = 8 * 1024 * 1024
const multipartFrom = 16 * 1024 * 1024
const shownItems = 200
const sensitiveName = /(^|\/)(\.env|\.htpasswd|id_rsa|private[^/]*|[^/]*secret[^/]*|[^/]*\.pem|[^/]*\.key)$/i

export const designFiles: SourceFile[] = [
  { name: 'IMG_4823.jpg', size: 4_700_000 },
  { name: 'IMG_4824.jpg', size: 4_920_000 },
  { name: 'private_info.txt', size: 2_200 },
  { name: 'buoy readings.csv', size: 1_240_000 },
  { name: 'tide-tables/2026.csv', size: 160_000 },
  { name: 'tide-tables/2027.csv', size: 150_000 },
  { name: 'logbook-2026.tar.gz', size: 37_700_000 },
]

export function isSensitive(key: string): boolean {
  return sensitiveName.test(key)
}

export function uploadsPart(views: Views, transfers: Transfers): UploadPart {
  const { world } = views
  const sources = new Map<string, SourceFile[]>()
  const drafts = new Map<string, Draft>()
  const add = (files: SourceFile[]): string => {
    const id = world.id('source')
    sources.set(id, files)
    return id
  }
  return {
    watchDrops: async (event) => Promise.resolve(watchBrowserDrops(event, add)),
    async chooseUpload(kind) {
      await world.wait(80)
      return add(
        kind === 'files' ? designFiles : designFiles.map(({ name, size }) => ({ name: `holiday/${name}`, size })),
      )
    },
    async planUpload(sourceId, target, progress) {
      const files = sources.get(sourceId)
      if (!files) throw notFound('These files are no longer known')
      if (!world.bucket(target.accountId, target.bucket).mayWrite) {
        throw denied(
          'PutObject',
          target.bucket,
          `You may not write to “${target.bucket}”`,
          'Ask its owner for write access.',
        )
      }
      await world.wait(140)
      progress({ objects: files.length, bytes: files.reduce((sum, file) => sum + file.size, 0), done: true })
      const draft: Draft = {
        id: world.id('upload'),
        target,
        files: files.map(({ name, size }) => ({ name, size, rest: name, decision: null })),
        policy: 'ask',
        access: 'serverDefault',
        alwaysAsk: world.settings.alwaysAskBeforeUpload,
        token: null,
      }
      drafts.set(draft.id, draft)
      return planOf(world, draft)
    },
    async reviseUpload(planId, change) {
      await world.wait(50)
      const draft = drafts.get(planId)
      if (!draft) throw new Failure('stalePlan', 'This upload is no longer waiting.', 'Choose the files again.')
      if (draft.token !== null) world.plans.revoke(draft.token)
      for (const { index, keyRest } of change.keys) {
        if (draft.files[index]) draft.files[index] = { ...draft.files[index], rest: keyRest, decision: null }
      }
      if (change.policy !== null) {
        draft.policy = change.policy
        draft.files = draft.files.map((file) => ({ ...file, decision: null }))
      }
      for (const { index, policy } of change.decisions) {
        if (draft.files[index]) draft.files[index].decision = policy === 'ask' ? null : policy
      }
      draft.access = change.access ?? draft.access
      return planOf(world, draft)
    },
    async startUpload(token) {
      const draft = world.plans.redeem<Draft>('upload', token)
      drafts.delete(draft.id)
      await world.wait(60)
      return start(views, transfers, draft)
    },
    async discardUpload(planId) {
      drafts.delete(planId)
      return Promise.resolve()
    },
  }
}

function planOf(world: World, draft: Draft): UploadPlan {
  const { target, files } = draft
  const stored = world.bucket(target.accountId, target.bucket).objects()
  const items = files.map((file, index): UploadItemView => {
    const key = target.prefix + file.rest
    const problem =
      file.rest === ''
        ? 'A key is needed'
        : new TextEncoder().encode(key).length > 1_024
          ? 'A key has at most 1 024 bytes'
          : null
    const { icon } = kindOf(file.name)
    const parts = file.size < multipartFrom ? 1 : Math.ceil(file.size / partSize)
    const result = problem ? 'invalid' : stored.has(key) ? 'exists' : 'new'
    return {
      index,
      file: file.name,
      keyPrefix: target.prefix,
      keyRest: file.rest,
      size: file.size,
      icon,
      result,
      decision: file.decision ?? draft.policy,
      parts,
      problem,
    }
  })
  const existing = items.filter((item) => item.result === 'exists')
  const decided = (policy: ConflictPolicy) => existing.filter((item) => item.decision === policy).length
  const plain = (item: UploadItemView) => item.result === 'new'
  draft.token = world.plans.issue('upload', draft)
  return {
    planId: draft.id,
    token: draft.token,
    target,
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    toSend: files.length - decided('skip'),
    undecided: decided('ask'),
    unusable: items.filter((item) => item.result === 'invalid').length,
    items: [...items.filter((item) => !plain(item)), ...items.filter(plain)].slice(0, shownItems),
    skipped: files.length > 3 ? [{ name: 'holiday/.DS_Store', reason: 'system file' }] : [],
    policy: draft.policy,
    access: draft.access,
    sensitive: draft.access === 'public' ? files.map((file) => file.rest).filter(isSensitive) : [],
    needsSheet: existing.length > 0 || files.length > 100 || draft.alwaysAsk,
  }
}

function start(views: Views, transfers: Transfers, draft: Draft): number {
  const { accountId, bucket, prefix } = draft.target
  const objects = views.world.bucket(accountId, bucket).objects()
  for (const file of draft.files) {
    const key = prefix + file.rest
    if (objects.has(key)) {
      const decision = file.decision ?? draft.policy
      if (decision === 'ask')
        throw new Failure('conflict', `“${key}” exists: choose what happens to it`, 'Replace, skip or keep both.')
      if (decision === 'skip') continue
    }
    const made = newObject(
      objects.has(key) && (file.decision ?? draft.policy) === 'keepBoth' ? `${key} (2)` : key,
      file.size,
      views.world.now(),
    )
    if (draft.access === 'public') made.grants = [{ grantee: 'allUsers', right: 'read' }]
    objects.set(made.key, made)
    views.world.record({
      operation: 'PutObject',
      method: 'PUT',
      target: `/${bucket}/${made.key}`,
      bytesSent: file.size,
    })
  }
  for (const view of views.open.values()) if (view.request.bucket === bucket) void view.list()
  const [first] = draft.files
  return transfers.begin({
    kind: 'upload',
    accountId,
    bucket,
    title: draft.files.length === 1 && first ? first.name : count(draft.files.length, 'file'),
    place: `to ${bucket}/${prefix}`,
    items: draft.files.length,
    bytes: draft.files.reduce((sum, file) => sum + file.size, 0),
    firstKey: prefix + (first?.rest ?? ''),
  })
}

/** In a browser real drags stand in for the window's drop events; elsewhere nothing is ever dropped. */
function watchBrowserDrops(
  event: Parameters<Backend['watchDrops']>[0],
  add: (files: SourceFile[]) => string,
): () => void {
  if (typeof window === 'undefined') return () => undefined
  const over = (drag: DragEvent) => {
    drag.preventDefault()
    event({ kind: 'over', x: drag.clientX, y: drag.clientY, files: drag.dataTransfer?.items.length ?? 0 })
  }
  const drop = (drag: DragEvent) => {
    drag.preventDefault()
    const files = [...(drag.dataTransfer?.files ?? [])].map(({ name, size }) => ({ name, size }))
    event({ kind: 'drop', x: drag.clientX, y: drag.clientY, sourceId: add(files), files: files.length })
  }
  const leave = (drag: DragEvent) => {
    if (drag.relatedTarget === null) event({ kind: 'leave' })
  }
  window.addEventListener('dragover', over)
  window.addEventListener('drop', drop)
  window.addEventListener('dragleave', leave)
  return () => {
    window.removeEventListener('dragover', over)
    window.removeEventListener('drop', drop)
    window.removeEventListener('dragleave', leave)
  }
}
