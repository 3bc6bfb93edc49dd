// Reading and changing who may do what: the grid's changes, make public and make private, each behind its plan.
import type { AccessPlan, GrantChange, NewGrantee, PermissionPlan, PublicScope, Right, Target } from '../bindings'
import type { Backend } from '../backend'
import { countSlowly } from './buckets'
import { Failure } from './failure'
import { grantLists, permissionsView, verdict } from './grants'
import { address } from './links'
import type { Transfers } from './transfers'
import { isSensitive } from './uploads'
import { sizeOf, type Chosen, type Views } from './views'
import { isPublic, type Grant, type StoredObject } from './world'

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
type Switch = { target: Target; open: boolean; scope: PublicScope; leavePrivate: string[] }

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
      return permissionsView(views, change.target)
    },
    async planMakePublic(target, scope, leavePrivate, progress, operation) {
      const chosen = views.chosen(target)
      if (!world.account(chosen.accountId).hasAcls)
        throw new Failure('unsupported', 'This server refuses ACLs', 'Use a bucket policy instead.', {
          s3Code: 'AccessControlListNotSupported',
          status: 400,
        })
      if (target.kind === 'bucket')
        await countSlowly(world, world.bucket(chosen.accountId, chosen.bucket), progress, operation)
      return publicPlan(views, { target, open: true, scope, leavePrivate }, chosen)
    },
    async planMakePrivate(target, existing, progress, operation) {
      const chosen = views.chosen(target)
      if (target.kind === 'bucket')
        await countSlowly(world, world.bucket(chosen.accountId, chosen.bucket), progress, operation)
      const scope = { listing: true, existing, future: true }
      return privatePlan(views, { target, open: false, scope, leavePrivate: [] }, chosen)
    },
    async applyAccessPlan(token) {
      const wanted = world.plans.redeem<Switch>('access', token)
      await world.wait(220)
      return apply(views, transfers, wanted)
    },
  }
}

function changePlan(views: Views, change: Change, lists: Grant[][]): PermissionPlan {
  const opens = change.changes.filter((one) => one.row === 'allUsers' && one.on)
  return {
    token: views.world.plans.issue('permissions', change),
    publishes: opens.length > 0,
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

function publicPlan(views: Views, wanted: Switch, chosen: Chosen): AccessPlan {
  const { world } = views
  const bucket = world.bucket(chosen.accountId, chosen.bucket)
  const open = chosen.objects.filter((object) => isPublic(object, bucket)).length
  const total = chosen.objects.length
  const left = new Set(wanted.leavePrivate)
  const sensitive = chosen.objects.map((one) => one.key).filter((key) => isSensitive(key) && !left.has(key))
  const isBucket = wanted.target.kind === 'bucket'
  const listing = bucket.grants.some((grant) => grant.grantee === 'allUsers' && grant.right === 'read')
  const all = left.size > 0 ? `All but ${left.size}` : `All ${grouped(total)}`
  const yesNo = (what: string, now: boolean, ticked: boolean) => ({
    what,
    now: now ? 'Yes' : 'no',
    nowPublic: now,
    after: ticked && !now ? 'Yes' : 'No change',
    afterPublic: now || ticked,
    changes: ticked && !now,
  })
  const existing = {
    what: 'Read existing objects',
    now: open === 0 ? 'no' : `${grouped(open)} of ${grouped(total)}`,
    nowPublic: open > 0,
    after: wanted.scope.existing && total > open ? all : 'No change',
    afterPublic: wanted.scope.existing || open > 0,
    changes: wanted.scope.existing && total > open,
  }
  const requests =
    (wanted.scope.listing ? 1 : 0) + (wanted.scope.existing ? total - open : 0) + (wanted.scope.future ? 1 : 0)
  return {
    token: world.plans.issue('access', wanted),
    kind: 'makePublic',
    label: chosen.label,
    scope: wanted.scope,
    address: address(
      world.account(chosen.accountId).view,
      chosen.bucket,
      isBucket ? '' : (chosen.objects[0]?.key ?? ''),
      true,
    ),
    objects: total,
    bytes: sizeOf(chosen.objects),
    alreadyPublic: open,
    requests: isBucket ? requests : total - open,
    rows: isBucket
      ? [
          yesNo('List object names', listing, wanted.scope.listing),
          existing,
          yesNo('Read future objects', bucket.futurePublic, wanted.scope.future),
          yesNo('Write or delete', false, false),
        ]
      : [existing],
    sensitive: wanted.scope.existing ? sensitive : [],
    exactAcl: 'PUT /' + chosen.bucket + '/?acl\nx-amz-acl: public-read',
    exactPolicy: wanted.scope.future ? policyText(chosen.bucket) : null,
    confirm: isBucket || total > 1 || sensitive.length > 0,
    remaining: [],
    notes: [],
  }
}

function privatePlan(views: Views, wanted: Switch, chosen: Chosen): AccessPlan {
  const { world } = views
  const bucket = world.bucket(chosen.accountId, chosen.bucket)
  const open = chosen.objects.filter((object) => isPublic(object, bucket)).length
  const isBucket = wanted.target.kind === 'bucket'
  const remaining =
    isBucket && !wanted.scope.existing && open > 0
      ? [`${grouped(open)} objects are public by their own permissions`]
      : []
  const row = (what: string, now: boolean) => ({
    what,
    now: now ? 'Yes' : 'no',
    nowPublic: now,
    after: now ? 'No' : 'No change',
    afterPublic: false,
    changes: now,
  })
  return {
    token: world.plans.issue('access', wanted),
    kind: 'makePrivate',
    label: chosen.label,
    scope: wanted.scope,
    address: address(world.account(chosen.accountId).view, chosen.bucket, '', true),
    objects: chosen.objects.length,
    bytes: sizeOf(chosen.objects),
    alreadyPublic: open,
    requests: isBucket ? 2 + (wanted.scope.existing ? open : 0) : open,
    rows: [
      row('List object names', isBucket && bucket.grants.length > 0),
      row('Read existing objects', open > 0 && (wanted.scope.existing || !isBucket)),
      row('Read future objects', bucket.futurePublic),
    ],
    sensitive: [],
    exactAcl: 'x-amz-acl: private',
    exactPolicy: bucket.futurePublic ? 'The statement DipperPublicRead is removed' : null,
    confirm: isBucket || remaining.length > 0,
    remaining,
    notes: [],
  }
}

function apply(views: Views, transfers: Transfers, wanted: Switch) {
  const { world } = views
  const chosen = views.chosen(wanted.target)
  const bucket = world.bucket(chosen.accountId, chosen.bucket)
  const isBucket = wanted.target.kind === 'bucket'
  if (isBucket && wanted.scope.listing) setPublic(bucket.grants, wanted.open)
  if (isBucket && wanted.scope.future) bucket.futurePublic = wanted.open
  const touched = !isBucket || wanted.scope.existing ? changing(chosen, wanted) : []
  for (const object of touched) setPublic((object.grants ??= []), wanted.open)
  world.record({
    operation: isBucket ? 'PutBucketAcl' : 'PutObjectAcl',
    method: 'PUT',
    target: `/${chosen.bucket}?acl`,
  })
  const jobId = touched.length > (isBucket ? 0 : 20) ? accessJob(transfers, chosen, wanted, touched.length) : null
  const undo = wanted.open ? 'Make private undoes exactly this' : 'Make public opens it again'
  return { jobId, verdict: verdict(views, wanted.target, chosen, bucket), undo }
}

function accessJob(transfers: Transfers, chosen: Chosen, wanted: Switch, items: number): number {
  const title = `Make ${grouped(items)} objects ${wanted.open ? 'public' : 'private'}`
  const { accountId, bucket } = chosen
  return transfers.begin({ kind: 'access', accountId, bucket, title, place: `in ${bucket}`, items, bytes: null })
}

function changing(chosen: Chosen, wanted: Switch): StoredObject[] {
  const left = new Set(wanted.leavePrivate)
  return chosen.objects.filter((object) => !left.has(object.key))
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
