import { expect, test, vi } from 'vitest'
import type { AccessBadge, Backend, DeleteObjectsPlan, KeyCheck } from '$backend/backend'
import { objectDeletion } from './deleteObjects'
import { NewTextDraft } from './newText.svelte'

const check = (more: Partial<KeyCheck> = {}): KeyCheck => ({
  token: 't1',
  exists: false,
  size: null,
  lastModified: null,
  problem: null,
  bytes: 12,
  ...more,
})

function draftOn(checks: KeyCheck[]) {
  const createTextObject = vi.fn(() => Promise.resolve<AccessBadge | null>(null))
  const backend = { checkNewKey: vi.fn(() => Promise.resolve(checks.shift())), createTextObject } as unknown as Backend
  const draft = new NewTextDraft(backend, { accountId: 'a', bucket: 'b', prefix: '2026/' })
  draft.name = 'hello.txt'
  draft.text = 'Hello World!'
  return { draft, createTextObject }
}

test('the text goes as typed, under the prefix, with the token of the check', async () => {
  const { draft, createTextObject } = draftOn([check()])
  expect(draft.bytes).toBe(12)
  expect(await draft.submit()).toBe(true)
  expect(createTextObject).toHaveBeenCalledWith({
    accountId: 'a',
    bucket: 'b',
    key: '2026/hello.txt',
    text: 'Hello World!',
    contentType: 'text/plain',
    access: 'serverDefault',
    token: 't1',
  })
})

test('what a stranger saw of a public object is kept for the words that follow', async () => {
  const { draft, createTextObject } = draftOn([check()])
  const refused: AccessBadge = { access: 'private', reason: 'A stranger is answered 403 Forbidden' }
  createTextObject.mockResolvedValueOnce(refused)
  draft.access = 'public'
  expect(await draft.submit()).toBe(true)
  expect(createTextObject).toHaveBeenCalledWith(expect.objectContaining({ access: 'public' }))
  expect(draft.seen).toEqual(refused)
})

test('an object that exists is replaced only after that was shown', async () => {
  const { draft, createTextObject } = draftOn([check({ exists: true, size: 12 }), check({ exists: true, token: 't2' })])
  expect(await draft.submit()).toBe(false)
  expect(draft.check?.exists).toBe(true)
  expect(createTextObject).not.toHaveBeenCalled()
  expect(await draft.submit()).toBe(true)
  expect(createTextObject).toHaveBeenCalledWith(expect.objectContaining({ token: 't2' }))
})

test('a bad key is never sent', async () => {
  const { draft, createTextObject } = draftOn([check({ problem: 'too long' })])
  expect(await draft.submit()).toBe(false)
  expect(draft.check?.problem).toBe('too long')
  expect(createTextObject).not.toHaveBeenCalled()
})

const plan = (more: Partial<DeleteObjectsPlan> = {}): DeleteObjectsPlan => ({
  token: 't1',
  objects: 3,
  bytes: 14,
  folders: 0,
  lines: [],
  more: 0,
  versioning: 'off',
  requests: 1,
  asksForName: false,
  bucket: 'photos',
  publicCount: null,
  ...more,
})

test('many objects are deleted only after the bucket was named', async () => {
  const deleteObjects = vi.fn(() => Promise.resolve(5))
  const backend = {
    planDeleteObjects: () => Promise.resolve(plan({ objects: 5000, asksForName: true })),
    deleteObjects,
  } as unknown as Backend
  const deletion = objectDeletion(backend, 'v', 's')
  await deletion.look()
  expect(await deletion.submit()).toBeUndefined()
  deletion.typed = 'photos'
  expect(await deletion.submit()).toBe(5)
  expect(deleteObjects.mock.calls).toEqual([['t1', 'photos']])
})

test('closing while it counts cancels the count', async () => {
  let stop: (reason: unknown) => void = () => undefined
  const cancelOperation = vi.fn(() =>
    Promise.resolve(stop({ code: 'cancelled', message: '', hint: null, retryable: false, details: {} })),
  )
  const backend = {
    planDeleteObjects: () => new Promise((_, reject) => (stop = reject)),
    cancelOperation,
  } as unknown as Backend
  const deletion = objectDeletion(backend, 'v', 's', () => 'op')
  const looking = deletion.look()
  await deletion.cancel()
  await looking
  expect(cancelOperation).toHaveBeenCalledWith('op')
  expect(deletion.error).toBeNull()
  expect(deletion.ready).toBe(false)
})
