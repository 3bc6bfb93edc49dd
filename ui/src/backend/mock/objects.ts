// New text objects and folders in the mock, with the check that comes before anything is written.
import type { NewTextObject } from '../bindings'
import type { Backend } from '../backend'
import { denied, Failure } from './failure'
import { object as newObject } from './seed'
import type { Views } from './views'

type ObjectPart = Pick<Backend, 'checkNewKey' | 'createTextObject' | 'createFolder'>
type Checked = { accountId: string; bucket: string; key: string; bytes: number }

export function objectsPart(views: Views): ObjectPart {
  const { world } = views
  const listAgain = (bucket: string) => {
    for (const view of views.open.values()) if (view.request.bucket === bucket) void view.list()
  }
  return {
    async checkNewKey(accountId, bucket, key, text) {
      await world.wait(60)
      const existing = world.bucket(accountId, bucket).objects().get(key)
      const bytes = new TextEncoder().encode(text).length
      const length = new TextEncoder().encode(key).length
      const problem = key === '' ? 'A key is needed' : length > 1_024 ? 'A key has at most 1 024 bytes' : null
      return {
        token: world.plans.issue('newText', { accountId, bucket, key, bytes } satisfies Checked),
        exists: existing !== undefined,
        size: existing?.size ?? null,
        lastModified: existing?.modified ?? null,
        problem,
        bytes,
      }
    },
    async createTextObject(wanted: NewTextObject) {
      const checked = world.plans.redeem<Checked>('newText', wanted.token)
      if (checked.key !== wanted.key) throw new Failure('stalePlan', 'The key has changed since it was checked')
      const bucket = world.bucket(wanted.accountId, wanted.bucket)
      if (!bucket.mayWrite)
        throw denied(
          'PutObject',
          bucket.name,
          `You may not write to “${bucket.name}”`,
          'Ask its owner for write access.',
        )
      await world.wait(120)
      const size = new TextEncoder().encode(wanted.text).length
      const made = newObject(wanted.key, size, world.now(), wanted.contentType)
      if (wanted.access === 'public') made.grants = [{ grantee: 'allUsers', right: 'read' }]
      bucket.objects().set(wanted.key, made)
      world.record({ operation: 'PutObject', method: 'PUT', target: `/${bucket.name}/${wanted.key}`, bytesSent: size })
      listAgain(bucket.name)
      return wanted.access === 'public' ? { access: 'public', reason: 'Checked with an unsigned request' } : null
    },
    async createFolder(accountId, bucketName, prefix, name) {
      await world.wait(100)
      if (name === '' || name.includes('/'))
        throw new Failure('invalidInput', 'A folder’s name can’t be empty or contain “/”', null, { field: 'name' })
      const key = `${prefix}${name}/`
      world
        .bucket(accountId, bucketName)
        .objects()
        .set(key, newObject(key, 0, world.now(), 'application/x-directory'))
      world.record({ operation: 'PutObject', method: 'PUT', target: `/${bucketName}/${key}` })
      listAgain(bucketName)
      return key
    },
  }
}
