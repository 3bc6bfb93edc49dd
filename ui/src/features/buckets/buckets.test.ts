import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AccessBadge, BucketList } from '$backend/backend'
import type { Session } from '$session/session.svelte'
import { Buckets, restTime } from './buckets.svelte'

const list = (...names: string[]): BucketList => ({
  buckets: names.map((name) => ({ name, created: 1, added: false })),
  listingDenied: null,
  unusable: [],
  suggestedProjectId: null,
  takenAt: 1,
})

function build(answers: { lists?: Promise<BucketList>[]; access?: (name: string) => Promise<AccessBadge> } = {}) {
  const lists = answers.lists ?? [Promise.resolve(list('app-logs', 'cdn-assets', 'press-kit'))]
  const session = {
    accountId: 'a',
    bucket: null,
    acting: 'objects',
    suggestedProjectId: null,
    go: vi.fn(),
    backend: {
      listBuckets: vi.fn(() => lists.shift() ?? Promise.resolve(list())),
      bucketAccess: vi.fn((_: string, name: string) =>
        (answers.access ?? (() => Promise.resolve({ access: 'private', reason: null } as const)))(name),
      ),
    },
  }
  return { session, buckets: new Buckets(session as unknown as Session) }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('the filter looks anywhere in the name', async () => {
  const { buckets } = build()
  await buckets.load()
  buckets.filter = 'KIT'
  expect(buckets.shown.map(({ name }) => name)).toEqual(['press-kit'])
  expect(buckets.total).toBe(3)
})

test('an older answer never replaces a newer one', async () => {
  let late: (value: BucketList) => void = () => undefined
  const { buckets } = build({ lists: [new Promise((resolve) => (late = resolve)), Promise.resolve(list('new'))] })
  const first = buckets.load()
  await buckets.load()
  late(list('old'))
  await first
  expect(buckets.shown.map(({ name }) => name)).toEqual(['new'])
})

test('a failed refresh keeps the list and says so', async () => {
  const { buckets } = build({
    lists: [Promise.resolve(list('app-logs')), Promise.reject(new Error('no route to host'))],
  })
  await buckets.load()
  await buckets.refresh()
  expect(buckets.total).toBe(1)
  expect(buckets.error?.message).toBe('no route to host')
})

test('access is asked once for each bucket, four at a time', async () => {
  let running = 0
  let most = 0
  const { buckets, session } = build({
    access: async () => {
      most = Math.max(most, ++running)
      await Promise.resolve()
      running -= 1
      return { access: 'public', reason: null }
    },
  })
  const names = Array.from({ length: 12 }, (_, index) => `b${index}`)
  buckets.want(names)
  buckets.want(names)
  await vi.waitFor(() => expect(buckets.access.size).toBe(12), { timeout: 10_000 })
  expect(most).toBe(4)
  expect(session.backend.bucketAccess).toHaveBeenCalledTimes(12)
})

test('access that could not be read is unknown, with the reason', async () => {
  const { buckets } = build({ access: () => Promise.reject(new Error('denied')) })
  buckets.want(['x'])
  await vi.waitFor(() => expect(buckets.access.get('x')).toEqual({ access: 'unknown', reason: 'denied' }), {
    timeout: 10_000,
  })
})

test('passing buckets with the arrows opens only the one they rest on', async () => {
  const { buckets, session } = build()
  await buckets.load()
  buckets.move(0)
  buckets.move(1)
  buckets.move(99)
  vi.advanceTimersByTime(restTime)
  expect(session.go.mock.calls).toEqual([[{ bucket: 'press-kit', prefix: '' }]])
})

test('typing finds the next name that starts so, and goes around', async () => {
  const { buckets } = build({ lists: [Promise.resolve(list('alpha', 'beta', 'bravo'))] })
  await buckets.load()
  buckets.cursor = 'beta'
  expect(buckets.startingWith('b')).toBe(2)
  expect(buckets.startingWith('be')).toBe(1)
  buckets.cursor = 'bravo'
  expect(buckets.startingWith('b')).toBe(1)
  expect(buckets.startingWith('z')).toBeNull()
})
