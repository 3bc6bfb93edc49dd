// Buckets in the mock: the list, naming rules as they are typed, creating, deleting with its dry run, access badges.
import type { AccessBadge, BucketList, DeleteBucketPlan, NameRule } from '../bindings'
import type { Backend } from '../backend'
import { denied, Failure } from './failure'
import { bucket as newBucket } from './seed'
import type { Transfers } from './transfers'
import { sizeOf } from './views'
import { hasRight, type StoredBucket, type World } from './world'

type BucketPart = Pick<
  Backend,
  | 'listBuckets'
  | 'bucketNameRules'
  | 'createBucket'
  | 'addBucketByName'
  | 'forgetBucket'
  | 'planDeleteBucket'
  | 'deleteBucket'
  | 'bucketAccess'
  | 'cancelOperation'
>
type Doomed = { accountId: string; bucket: string; objects: number }

export function bucketsPart(world: World, transfers: Transfers): BucketPart {
  return {
    async listBuckets(accountId) {
      await world.wait(180)
      world.record({ operation: 'ListBuckets', method: 'GET', target: '/' })
      return listBuckets(world, accountId)
    },
    bucketNameRules: async (_accountId, name) => Promise.resolve(nameRules(name)),
    async createBucket(accountId, name) {
      await world.wait(220)
      const { buckets } = world.account(accountId)
      if (!nameRules(name).every((rule) => rule.ok))
        throw new Failure('invalidInput', 'This name is not allowed', null, { field: 'name' })
      if (name === 'taken') {
        throw new Failure(
          'conflict',
          '“taken” belongs to someone else',
          'Names are shared by everyone on this server. Choose another.',
          { field: 'name', s3Code: 'BucketAlreadyExists', status: 409 },
        )
      }
      world.record({ operation: 'CreateBucket', method: 'PUT', target: `/${name}` })
      if (buckets.has(name)) return { name, alreadyYours: true }
      buckets.set(name, { ...newBucket(name, '2026-11-22', () => new Map()), created: world.now() })
      return { name, alreadyYours: false }
    },
    async addBucketByName(accountId, name) {
      await world.wait(200)
      if (name.startsWith('no-'))
        throw new Failure('notFound', `There is no bucket “${name}”`, 'Check the spelling.', {
          field: 'name',
          status: 404,
        })
      const added = { ...newBucket(name, '2026-01-01', () => new Map()), added: true }
      world.account(accountId).buckets.set(name, added)
      return { name, created: null, added: true }
    },
    async forgetBucket(accountId, name) {
      if (!world.bucket(accountId, name).added)
        throw new Failure('invalidInput', 'Only a bucket added by name can be taken off the list')
      world.account(accountId).buckets.delete(name)
      return Promise.resolve()
    },
    async planDeleteBucket(accountId, name, progress, operation) {
      const bucket = world.bucket(accountId, name)
      if (!bucket.mayWrite) throw denied('DeleteBucket', name, `You may not delete “${name}”`, 'Only its owner can.')
      await countSlowly(world, bucket, progress, operation)
      return deletePlan(world, accountId, bucket)
    },
    async deleteBucket(token, typedName) {
      const doomed = world.plans.redeem<Doomed>('deleteBucket', token)
      if (doomed.objects > 0 && typedName !== doomed.bucket)
        throw new Failure('invalidInput', 'Type the bucket’s name to delete it', null, { field: 'name' })
      await world.wait(150)
      world.account(doomed.accountId).buckets.delete(doomed.bucket)
      world.record({ operation: 'DeleteBucket', method: 'DELETE', target: `/${doomed.bucket}`, status: 204 })
      if (doomed.objects === 0) return null
      const place = `bucket ${doomed.bucket}`
      return transfers.begin({
        kind: 'emptyBucket',
        ...doomed,
        title: `Empty and delete ${doomed.bucket}`,
        place,
        items: doomed.objects,
        bytes: null,
      })
    },
    async bucketAccess(accountId, name) {
      await world.wait(250)
      return badge(world, accountId, name)
    },
    async cancelOperation(operation) {
      world.cancelled.add(operation)
      return Promise.resolve()
    },
  }
}

/** Counts as a server would, page by page, and stops when it is told to. */
export async function countSlowly(
  world: World,
  bucket: StoredBucket,
  progress: (count: { objects: number; bytes: number; done: boolean }) => void,
  operation: string,
): Promise<void> {
  const all = [...bucket.objects().values()]
  for (let start = 0; start < all.length; start += 2_000) {
    await world.wait(bucket.pageDelay)
    world.checkCancelled(operation)
    const seen = all.slice(0, start + 2_000)
    progress({ objects: seen.length, bytes: sizeOf(seen), done: seen.length === all.length })
  }
}

function listBuckets(world: World, accountId: string): BucketList {
  const { buckets, mayListBuckets, view } = world.account(accountId)
  const shown = [...buckets.values()].filter((bucket) => mayListBuckets || bucket.added)
  const refusal = denied('ListBuckets', '', 'These keys may not list buckets.', 'Add the buckets you may open by name.')
  return {
    buckets: shown.map(({ name, created, added }) => ({ name, created: added ? null : created, added })),
    listingDenied: mayListBuckets ? null : refusal,
    unusable: [],
    suggestedProjectId: view.projectId,
    takenAt: world.now(),
  }
}

function nameRules(name: string): NameRule[] {
  const rules: NameRule[] = [
    { ok: name.length >= 3 && name.length <= 63, text: '3 to 63 characters' },
    { ok: name === name.toLowerCase(), text: 'lower case' },
  ]
  if (name.includes('_')) rules.push({ ok: false, text: 'no underscore, use “-”' })
  else if (/[^a-z0-9.-]/i.test(name)) rules.push({ ok: false, text: 'only letters, digits, “.” and “-”' })
  else if (/^[.-]|[.-]$/.test(name)) rules.push({ ok: false, text: 'starts and ends with a letter or digit' })
  return rules
}

function deletePlan(world: World, accountId: string, bucket: StoredBucket): DeleteBucketPlan {
  const all = [...bucket.objects().values()]
  const doomed: Doomed = { accountId, bucket: bucket.name, objects: all.length }
  return {
    token: world.plans.issue('deleteBucket', doomed),
    bucket: bucket.name,
    empty: all.length === 0,
    objects: all.length,
    oldVersions: 0,
    deleteMarkers: 0,
    bytes: sizeOf(all),
    unfinishedUploads: all.length > 300 ? 2 : 0,
    versioning: 'off',
    first: all.slice(0, 5).map((object) => object.key),
    requests: Math.ceil(all.length / 1_000) + 1,
    asksForName: all.length > 0,
  }
}

function badge(world: World, accountId: string, name: string): AccessBadge {
  const bucket = world.bucket(accountId, name)
  if (!bucket.mayList) return { access: 'unknown', reason: 'These keys may not read its permissions' }
  // Rust reads the bucket's ACL and policy for it, and no object.
  if (hasRight(bucket.grants, 'allUsers', 'read')) return { access: 'public', reason: 'Anyone can list it, by its ACL' }
  if (bucket.futurePublic) return { access: 'public', reason: 'Anyone can read its objects, by the bucket policy' }
  return { access: 'private', reason: 'By its ACL and policy; objects may have ACLs of their own' }
}
