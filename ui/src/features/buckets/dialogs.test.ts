import { expect, test, vi } from 'vitest'
import type { Backend, DeleteBucketPlan, NameRule } from '$backend/backend'
import { bucketDeletion } from './deleteBucket'
import { NewBucketDraft } from './newBucket.svelte'

const failure = (code: string) => ({ code, message: code, hint: null, retryable: false, details: {} })

const plan = (more: Partial<DeleteBucketPlan> = {}): DeleteBucketPlan => ({
  token: 't1',
  bucket: 'logs',
  empty: false,
  objects: 3,
  bytes: 10,
  oldVersions: 0,
  deleteMarkers: 0,
  unfinishedUploads: 0,
  versioning: 'off',
  first: ['a'],
  requests: 2,
  asksForName: true,
  ...more,
})

test('a new bucket can be created only when every rule holds', async () => {
  const answers: NameRule[][] = [[{ ok: false, text: 'no underscore' }], [{ ok: true, text: 'lower case' }]]
  const createBucket = vi.fn((_: string, name: string) => Promise.resolve({ name, alreadyYours: false }))
  const backend = { bucketNameRules: () => Promise.resolve(answers.shift()), createBucket } as unknown as Backend
  const draft = new NewBucketDraft(backend, 'a')
  await draft.rename('tide_data')
  expect(await draft.submit()).toBeNull()
  await draft.rename(' tide-data\n')
  expect(await draft.submit()).toEqual({ name: 'tide-data', alreadyYours: false })
  expect(createBucket).toHaveBeenCalledTimes(1)
})

test('rules for an older name never show beside a newer one', async () => {
  const answers: ((rules: NameRule[]) => void)[] = []
  const backend = {
    bucketNameRules: () => new Promise<NameRule[]>((resolve) => answers.push(resolve)),
  } as unknown as Backend
  const draft = new NewBucketDraft(backend, 'a')
  const older = draft.rename('x')
  const newer = draft.rename('xyz')
  answers[1]?.([{ ok: true, text: 'long enough' }])
  answers[0]?.([{ ok: false, text: 'too short' }])
  await Promise.all([older, newer])
  expect(draft.rules).toEqual([{ ok: true, text: 'long enough' }])
})

test('a bucket with objects is deleted only after its name was typed', async () => {
  const deleteBucket = vi.fn(() => Promise.resolve(7))
  const backend = { planDeleteBucket: () => Promise.resolve(plan()), deleteBucket } as unknown as Backend
  const deletion = bucketDeletion(backend, 'a', 'logs')
  await deletion.look()
  deletion.typed = 'log'
  expect(await deletion.submit()).toBeUndefined()
  deletion.typed = 'logs'
  expect(await deletion.submit()).toBe(7)
  expect(deleteBucket.mock.calls).toEqual([['t1', 'logs']])
})

test('a refused deletion needs a new look', async () => {
  const backend = {
    planDeleteBucket: () => Promise.resolve(plan({ empty: true, asksForName: false })),
    deleteBucket: () => Promise.reject(failure('stalePlan')),
  } as unknown as Backend
  const deletion = bucketDeletion(backend, 'a', 'logs')
  await deletion.look()
  expect(await deletion.submit()).toBeUndefined()
  expect(deletion.error?.code).toBe('stalePlan')
  expect(deletion.ready).toBe(false)
})

test('closing while it looks cancels the look and shows no error', async () => {
  let stop: (reason: unknown) => void = () => undefined
  const cancelOperation = vi.fn(() => Promise.resolve(stop(failure('cancelled'))))
  const backend = {
    planDeleteBucket: () => new Promise((_, reject) => (stop = reject)),
    cancelOperation,
  } as unknown as Backend
  const deletion = bucketDeletion(backend, 'a', 'logs', () => 'op1')
  const looking = deletion.look()
  await deletion.cancel()
  await looking
  expect(cancelOperation).toHaveBeenCalledWith('op1')
  expect(deletion.error).toBeNull()
})
