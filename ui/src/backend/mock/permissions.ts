// Reading and changing who may do what: the grid's changes, make public and make private, each behind its plan.
import type {
  AccessPlan,
  AccessResult,
  AccessRow,
  GrantChange,
  NewGrantee,
  PermissionPlan,
  PublicScope,
  Right,
  SensitiveNames,
  Target,
} from '../bindings'
import type { Backend } from '../backend'
import { countSlowly } from './buckets'
import { Failure } from './failure'
import { grantLists, permissionsView, verdict } from './grants'
import { address } from './links'
import type { Transfers } from './transfers'
import { isSensitive } from './uploads'
import { count, sizeOf, type Chosen, type Views } from './views'
import { hasRight, isPublic, type Grant, type StoredBucket, type StoredObject } from './world'

type PermissionPart = Pick<
  Backend,
  | 'loadPermissions'
  | 'checkAccess'
  | 'planPermissionChange'
  | 'applyPermissionChange'
  | 'planMakePublic'
  | 'planMakePrivate'
  | 'applyAccessPlan'
>
type Change = { target: Target; changes: GrantChange[]; added: NewGrantee[] }
type Switch = { target: Target; open: boolean; scope: PublicScope; names: SensitiveNames }

const lookedAt = 100 // objects, of more it is not counted how many are public
const mostSensitive = 100

export function permissionsPart(views: Views, transfers: Transfers): PermissionPart {
  const { world } = views
  return {
    async loadPermissions(target) {
      await world.wait(160)
      const view = permissionsView(views, target)
      world.record({
        operation: target.kind === 'bucket' ? 'GetBucketAcl' : 'GetObjectAcl',
        method: 'GET',
        target: `/${views.chosen(target).bucket}?acl`,
        ...(view.supported ? {} : { status: 501, error: 'NotImplemented' }),
      })
      return view
    },
    async checkAccess(target) {
      await world.wait(240)
      const chosen = views.chosen(target)
      return verdict(views, target, chosen, world.bucket(chosen.accountId, chosen.bucket))
    },
    async planPermissionChange(target, readToken, changes, added) {
      await world.wait(40)
      const lists = grantLists(views, target, views.chosen(target))
      if (JSON.stringify(lists) !== readToken)
        throw new Failure('stalePlan', 'The permissions have changed on the server', 'Reload to see them.')
      const bad = added.find((one) => one.kind === 'email' && !one.value.includes('@'))
      if (bad) throw new Failure('invalidInput', `“${bad.value}” is not an e-mail address`, null, { field: 'value' })
      return changePlan(views, { target, changes, added }, lists)
    },
    async applyPermissionChange(token) {
      const change = world.plans.redeem<Change>('permissions', token)
      await world.wait(200)
      for (const list of grantLists(views, change.target, views.chosen(change.target))) applyTo(list, change)
      world.record({ operation: 'PutObjectAcl', method: 'PUT', target: '?acl' })
    },
    async planMakePublic(target, scope, names, progress, operation) {
      const chosen = views.chosen(target)
      const { hasAcls } = world.account(chosen.accountId)
      if (!hasAcls && target.kind === 'selection')
        throw new Failure(
          'unsupported',
          'This server keeps no permissions (ACLs) of single objects.',
          'Make the bucket public instead: its policy can open all objects, where the server has one.',
          { s3Code: 'NotImplemented', status: 501 },
        )
      if (opensAll(scope, hasAcls) && target.kind === 'bucket' && names === 'leavePrivate')
        throw new Failure('invalidInput', 'The bucket policy opens every object, so none can be left private.', null, {
          field: 'leavePrivate',
        })
      if (target.kind === 'bucket')
        await countSlowly(world, world.bucket(chosen.accountId, chosen.bucket), progress, operation)
      return publicPlan(views, { target, open: true, scope, names }, chosen)
    },
    async planMakePrivate(target, existing, progress, operation) {
      const chosen = views.chosen(target)
      if (target.kind === 'bucket' && existing)
        await countSlowly(world, world.bucket(chosen.accountId, chosen.bucket), progress, operation)
      const scope = { listing: true, existing, future: true }
      return privatePlan(views, { target, open: false, scope, names: 'open' }, chosen)
    },
    async applyAccessPlan(token) {
      const wanted = world.plans.redeem<Switch>('access', token)
      await world.wait(220)
      return apply(views, transfers, wanted)
    },
  }
}

function changePlan(views: Views, change: Change, lists: Grant[][]): PermissionPlan {
  const opens = (row: string) => change.changes.some((one) => one.row === row && one.on)
  return {
    token: views.world.plans.issue('permissions', change),
    publishes: opens('allUsers') ? 'anyone' : opens('authenticatedUsers') ? 'accounts' : null,
    before: change.changes.map((one) => changeWords(one, !one.on)),
    after: change.changes.map((one) => changeWords(one, one.on)),
    objects: lists.length,
    requests: lists.length * 2,
  }
}

const rowNames: Record<string, string> = {
  allUsers: 'All users',
  authenticatedUsers: 'Authenticated users',
  owner: 'Owner',
}
const rightNames: Record<Right, string> = {
  fullControl: 'have full control',
  read: 'read',
  write: 'write',
  readAcp: 'read permissions',
  writeAcp: 'write permissions',
}

function changeWords({ row, right }: GrantChange, on: boolean): string {
  return `${rowNames[row] ?? row} ${on ? 'may' : 'may not'} ${rightNames[right]}`
}

function applyTo(list: Grant[], change: Change): void {
  for (const { row, right, on } of change.changes) {
    const kept = list.filter((grant) => !(grant.grantee === row && grant.right === right))
    list.splice(0, list.length, ...kept, ...(on ? [{ grantee: row, right }] : []))
  }
  for (const { kind, value, rights } of change.added) {
    for (const right of rights) list.push({ grantee: `${kind}:${value}`, right })
  }
}

/** How many are public, as Rust tells it: of many it was not looked at, unless the policy opens them all. */
function publicAlready(bucket: StoredBucket, objects: StoredObject[], isBucket: boolean): number | null {
  if (isBucket && !bucket.futurePublic && objects.length > lookedAt) return null
  return objects.filter((object) => isPublic(object, bucket)).length
}

/** Whether the policy opens every object: the future always, the present where no ACL can. */
const opensAll = (scope: PublicScope, hasAcls: boolean) => scope.future || (!hasAcls && scope.existing)

const yesOrNo = (what: string, now: boolean, after: boolean): AccessRow => ({
  what,
  now: now ? 'Yes' : 'No',
  nowPublic: now,
  after: now === after ? 'No change' : after ? 'Yes' : 'No',
  afterPublic: after,
  changes: now !== after,
})

function objectsRow(
  what: string,
  already: number | null,
  total: number,
  after: string,
  afterPublic: boolean,
): AccessRow {
  const now =
    already === null
      ? 'Not looked at'
      : already === 0
        ? 'No'
        : already === total
          ? `All ${grouped(total)}`
          : `${grouped(already)} of ${grouped(total)}`
  const changes = after !== 'No change' && after !== now && total > 0
  return { what, now, nowPublic: (already ?? 0) > 0, after, afterPublic, changes }
}

function publicPlan(views: Views, wanted: Switch, chosen: Chosen): AccessPlan {
  const { world } = views
  const { scope } = wanted
  const bucket = world.bucket(chosen.accountId, chosen.bucket)
  const isBucket = wanted.target.kind === 'bucket'
  const total = chosen.objects.length
  const already = publicAlready(bucket, chosen.objects, isBucket)
  const byPolicy = isBucket && opensAll(scope, world.account(chosen.accountId).hasAcls)
  const opens = !isBucket || scope.existing || byPolicy
  const sensitive = chosen.objects.map((one) => one.key).filter(isSensitive)
  const left = wanted.names === 'leavePrivate' && opens ? sensitive.length : 0
  const warned = opens && left === 0 ? sensitive : []
  const listing = hasRight(bucket.grants, 'allUsers', 'read')
  const all = left > 0 ? `${grouped(total - left)} of ${grouped(total)}` : `All ${grouped(total)}`
  const what = isBucket ? 'Read existing objects' : `Read ${count(total, 'object')}`
  const existing = objectsRow(what, already, total, opens ? all : 'No change', opens || (already ?? 0) > 0)
  const requests = (scope.listing && !listing ? 1 : 0) + (scope.future ? 1 : 0) + (scope.existing ? total - left : 0)
  return {
    token: world.plans.issue('access', wanted),
    kind: 'makePublic',
    label: chosen.label,
    scope,
    address: address(
      world.account(chosen.accountId).view,
      chosen.bucket,
      isBucket ? '' : (chosen.objects[0]?.key ?? ''),
      true,
    ),
    objects: total,
    bytes: sizeOf(chosen.objects),
    alreadyPublic: already,
    requests: isBucket ? requests : total - left - (already ?? 0),
    rows: isBucket
      ? [
          yesOrNo('List object names', listing, listing || scope.listing),
          existing,
          yesOrNo('Read future objects', bucket.futurePublic, bucket.futurePublic || byPolicy),
          yesOrNo('Write or delete', false, false),
        ]
      : [existing],
    sensitive: warned.slice(0, mostSensitive),
    sensitiveCount: warned.length,
    leftPrivate: left,
    canLeavePrivate: !byPolicy,
    exactAcl: 'PUT /' + chosen.bucket + '/?acl\nx-amz-acl: public-read',
    exactPolicy: byPolicy ? policyText(chosen.bucket) : null,
    confirm: isBucket || total > 1 || warned.length > 0,
    remaining: [],
    notes: isBucket && scope.existing ? ['Other grants on the objects are replaced by “public-read”.'] : [],
  }
}

function privatePlan(views: Views, wanted: Switch, chosen: Chosen): AccessPlan {
  const { world } = views
  const bucket = world.bucket(chosen.accountId, chosen.bucket)
  const isBucket = wanted.target.kind === 'bucket'
  // Objects of a bucket are counted only where they are meant.
  const meant = !isBucket || wanted.scope.existing
  const objects = meant ? chosen.objects : []
  const total = objects.length
  const already = meant ? publicAlready(bucket, objects, isBucket) : null
  const what = isBucket ? 'Read existing objects' : `Read ${count(total, 'object')}`
  const existing = objectsRow(what, already, total, meant ? 'No' : 'No change', false)
  const listing = hasRight(bucket.grants, 'allUsers', 'read')
  const remaining =
    !isBucket && bucket.futurePublic
      ? ['Dipper’s policy statement opens the whole bucket; make the bucket private to close it']
      : []
  return {
    token: world.plans.issue('access', wanted),
    kind: 'makePrivate',
    label: chosen.label,
    scope: wanted.scope,
    address: address(world.account(chosen.accountId).view, chosen.bucket, '', true),
    objects: total,
    bytes: sizeOf(objects),
    alreadyPublic: already,
    requests: (isBucket ? 2 : 0) + (already ?? total),
    rows: isBucket
      ? [
          yesOrNo('List object names', listing, false),
          existing,
          yesOrNo('Read future objects', bucket.futurePublic, false),
          yesOrNo('Write or delete', false, false),
        ]
      : [existing],
    sensitive: [],
    sensitiveCount: 0,
    leftPrivate: 0,
    canLeavePrivate: false,
    exactAcl: 'x-amz-acl: private',
    exactPolicy: null,
    confirm: isBucket || total > 1 || remaining.length > 0,
    remaining,
    notes: meant ? [] : ['Objects that are public by themselves stay so.'],
  }
}

function apply(views: Views, transfers: Transfers, wanted: Switch): AccessResult {
  const { world } = views
  const chosen = views.chosen(wanted.target)
  const bucket = world.bucket(chosen.accountId, chosen.bucket)
  const isBucket = wanted.target.kind === 'bucket'
  if (isBucket && wanted.scope.listing) setPublic(bucket.grants, wanted.open)
  const { hasAcls } = world.account(chosen.accountId)
  if (isBucket && opensAll(wanted.scope, hasAcls)) bucket.futurePublic = wanted.open
  const touched = !isBucket || (wanted.scope.existing && hasAcls) ? changing(chosen, wanted) : []
  for (const object of touched) setPublic((object.grants ??= []), wanted.open)
  world.record({
    operation: isBucket ? 'PutBucketAcl' : 'PutObjectAcl',
    method: 'PUT',
    target: `/${chosen.bucket}?acl`,
  })
  const oneByOne = isBucket && wanted.open ? 0 : 200
  const jobId = touched.length > oneByOne ? accessJob(transfers, chosen, wanted, touched.length) : null
  const undo = wanted.open ? 'Make private undoes exactly this' : 'Make public opens it again'
  return { jobId, verdict: verdict(views, wanted.target, chosen, bucket), notChecked: null, undo }
}

function accessJob(transfers: Transfers, chosen: Chosen, wanted: Switch, items: number): number {
  const title = `Make ${grouped(items)} objects ${wanted.open ? 'public' : 'private'}`
  const { accountId, bucket } = chosen
  return transfers.begin({ kind: 'access', accountId, bucket, title, place: `in ${bucket}`, items, bytes: null })
}

function changing(chosen: Chosen, wanted: Switch): StoredObject[] {
  return chosen.objects.filter((object) => wanted.names === 'open' || !isSensitive(object.key))
}

function setPublic(grants: Grant[], open: boolean): void {
  const kept = grants.filter((grant) => grant.grantee !== 'allUsers')
  grants.splice(0, grants.length, ...kept, ...(open ? [{ grantee: 'allUsers', right: 'read' } as const] : []))
}

function policyText(bucket: string): string {
  const statement = {
    Sid: 'DipperPublicRead',
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${bucket}/*`,
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, null, 2)
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u2009')
}
