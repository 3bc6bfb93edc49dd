import { beforeEach, expect, test, vi } from 'vitest'
import type { AccountView, Backend, SelectionView, StartView, ViewStatus } from '$backend/backend'
import { Session, parentPrefix } from './session.svelte'

const account = (id: string): AccountView => ({
  id,
  name: id,
  kind: 's3Compatible',
  endpoint: 'objects.example.net:8080',
  scheme: 'https',
  host: 'objects.example.net',
  port: 8080,
  basePath: '',
  encrypted: true,
  accessKeyId: 'AK',
  secretSaved: 'keychain',
  projectId: null,
  region: '',
  plainHttpConsent: false,
  addressing: 'path',
  signature: 'v4',
  caCertificate: null,
  pinnedCertificate: null,
  localFolder: null,
})

const start = (layout: string | null, ids = ['a', 'b']): StartView => ({
  version: '0.1.0',
  platform: 'linux',
  accounts: ids.map(account),
  keychain: { available: true, message: null },
  settings: {
    theme: 'system',
    density: 'compact',
    alwaysAskBeforeUpload: false,
    transfers: { up: null, down: null, atOnce: 4 },
  },
  layout,
})

const selection = (objects: number): SelectionView => ({
  id: `s${objects}`,
  objects,
  folders: 0,
  bytes: 0,
  hidden: 0,
  single: null,
})

const status = (objects = 0): ViewStatus => ({
  version: 1,
  state: 'complete',
  listed: 3,
  folders: 0,
  matching: 3,
  matchingFolders: 0,
  bytes: 0,
  finishedAt: 1,
  error: null,
  selection: selection(objects),
})

const opened: {
  id: string
  bucket: string
  prefix: string
  mode: string
  answer: () => void
  status: (s: ViewStatus) => void
}[] = []
const closed: string[] = []
const backend = {
  openView: (request: { bucket: string; prefix: string; mode: string }, tell: (s: ViewStatus) => void) =>
    new Promise<string>((resolve) => {
      const id = `v${opened.length}`
      opened.push({ id, ...request, answer: () => resolve(id), status: tell })
    }),
  closeView: (id: string) => Promise.resolve(void closed.push(id)),
  refreshView: vi.fn(() => Promise.resolve()),
  select: () => Promise.resolve(selection(2)),
} as unknown as Backend

beforeEach(() => {
  opened.length = 0
  closed.length = 0
  vi.mocked(backend.refreshView).mockClear()
})

test('the parent of a prefix keeps empty segments', () => {
  expect(parentPrefix('')).toBeNull()
  expect(parentPrefix('a/')).toBe('')
  expect(parentPrefix('a/b/')).toBe('a/')
  expect(parentPrefix('a//')).toBe('a/')
  expect(parentPrefix('/')).toBe('')
})

test('the account and the place come back from the last time', () => {
  const session = new Session(
    backend,
    start(JSON.stringify({ accountId: 'b', place: { bucket: 'photos', prefix: '2026/' } })),
  )
  expect(session.accountId).toBe('b')
  expect(session.path).toBe('photos/2026')
  expect(opened[0]?.bucket).toBe('photos')
})

test('a place of an account that is gone is not shown', () => {
  const session = new Session(backend, start(JSON.stringify({ accountId: 'x', place: { bucket: 'p', prefix: '' } })))
  expect(session.accountId).toBe('a')
  expect(session.bucket).toBeNull()
})

test('a view that was left before it opened is closed and never shown', async () => {
  const session = new Session(backend, start(null))
  session.go({ bucket: 'slow', prefix: '' })
  session.go({ bucket: 'quick', prefix: '' })
  opened[1]?.answer()
  opened[0]?.answer()
  await vi.waitFor(() => expect(closed).toEqual(['v0']), { timeout: 10_000 })
  opened[0]?.status(status())
  expect(session.view.status).toBeNull()
  expect(session.view.id).toBe('v1')
})

test('the details are about the selection, else about the bucket', async () => {
  const session = new Session(backend, start(null))
  session.go({ bucket: 'photos', prefix: '' })
  opened[0]?.answer()
  await vi.waitFor(() => expect(session.view.id).toBe('v0'), { timeout: 10_000 })
  expect(session.target).toEqual({ kind: 'bucket', accountId: 'a', bucket: 'photos' })
  await session.view.select({ kind: 'all' })
  expect(session.target).toEqual({ kind: 'selection', viewId: 'v0', selectionId: 's2' })
  session.acting = 'buckets'
  expect(session.target?.kind).toBe('bucket')
})

test('flat is remembered for each bucket', () => {
  const session = new Session(backend, start(null))
  session.go({ bucket: 'photos', prefix: '' })
  session.setFlat(true)
  session.go({ bucket: 'logs', prefix: '' })
  session.go({ bucket: 'photos', prefix: '' })
  expect(opened.map(({ mode }) => mode)).toEqual(['folders', 'flat', 'folders', 'flat'])
})

test('flat is the whole bucket, and a folder is shown in folders', () => {
  const session = new Session(backend, start(null))
  session.go({ bucket: 'photos', prefix: '2026/' })
  session.setFlat(true)
  expect([session.flat, session.path, opened.at(-1)?.prefix]).toEqual([true, 'photos', ''])
  session.back()
  expect([session.flat, session.path, opened.at(-1)?.mode]).toEqual([false, 'photos/2026', 'folders'])
})

test('an edited account lists what is open again, since it may be another server', () => {
  const session = new Session(backend, start(null))
  session.go({ bucket: 'photos', prefix: '2026/' })
  session.accountSaved({ ...account('a'), endpoint: 'production.example.net' })
  expect(opened.map(({ bucket, prefix }) => [bucket, prefix])).toEqual([
    ['photos', '2026/'],
    ['photos', '2026/'],
  ])
  session.accountSaved(account('c'))
  expect([session.accountId, session.bucket, opened.length]).toEqual(['c', null, 2])
})

test('what can’t be copied is said, and not taken for copied', async () => {
  const copyText = vi.fn(() => Promise.reject(new Error('no clipboard')))
  const session = new Session({ ...backend, copyText }, start(null))
  expect(await session.copy('x')).toBe(false)
  expect(session.toasts.items.map(({ tone, text }) => [tone, text])).toEqual([['bad', 'no clipboard']])
  copyText.mockResolvedValueOnce(undefined as never)
  expect(await session.copy('x')).toBe(true)
})

test('changed objects list the open bucket again and tell who listens', async () => {
  const session = new Session(backend, start(null))
  session.go({ bucket: 'photos', prefix: '' })
  opened[0]?.answer()
  await vi.waitFor(() => expect(session.view.id).toBe('v0'), { timeout: 10_000 })
  const heard = vi.fn()
  const stop = session.onChanged(heard)
  session.changed({ accountId: 'a', bucket: 'logs', what: 'objects' })
  expect(backend.refreshView).not.toHaveBeenCalled()
  session.changed({ accountId: 'a', bucket: 'photos', what: 'objects' })
  expect(backend.refreshView).toHaveBeenCalledWith('v0')
  stop()
  session.changed({ accountId: 'a', bucket: null, what: 'buckets' })
  expect(heard).toHaveBeenCalledTimes(2)
})

test('removing the shown account shows another, removing the last shows none', () => {
  const session = new Session(backend, start(null))
  session.accountRemoved('a')
  expect(session.accountId).toBe('b')
  session.accountRemoved('b')
  expect(session.account).toBeNull()
})

test('deleting the shown bucket leaves it, and back does not return to it', () => {
  const session = new Session(backend, start(null))
  session.go({ bucket: 'logs', prefix: '' })
  session.go({ bucket: 'photos', prefix: '' })
  session.leaveBucket('photos')
  expect(session.bucket).toBeNull()
  expect(session.history.current).toEqual({ bucket: 'logs', prefix: '' })
})

test('settings changed one right after the other are all kept, and one that can’t be saved is taken back', async () => {
  const saved: unknown[] = []
  const saveSettings = vi.fn(async (settings: unknown) => {
    await Promise.resolve()
    saved.push(settings)
    if (saved.length === 3) throw new Error('no room')
  })
  const session = new Session({ ...backend, saveSettings } as unknown as Backend, start(null))
  const { transfers } = session.settings
  session.changeSettings({ transfers: { ...transfers, atOnce: 1 } })
  session.changeSettings({ transfers: { ...session.settings.transfers, up: 5 } })
  const kept = session.settings
  expect(kept.transfers).toEqual({ up: 5, down: null, atOnce: 1 })
  session.changeSettings({ theme: 'dark' })
  await vi.waitFor(() => expect(session.settings).toBe(kept))
  expect(saved).toEqual([{ ...kept, transfers: { ...transfers, atOnce: 1 } }, kept, { ...kept, theme: 'dark' }])
})
