// Grants as rows of the rights grid, and the verdict they lead to.
import type { GrantRow, GranteeKind, PermissionsView, Right, Target, Tick, VerdictView } from '../bindings'
import { Failure } from './failure'
import { count, lastPart, type Chosen, type Views } from './views'
import { hasRight, isPublic, type Grant, type StoredBucket } from './world'

export const rights: Right[] = ['fullControl', 'read', 'write', 'readAcp', 'writeAcp']

/** The grant lists a target stands for: one for a bucket, one for each object of a selection. */
export function grantLists(views: Views, target: Target, chosen: Chosen): Grant[][] {
  if (target.kind === 'bucket') return [views.world.bucket(chosen.accountId, chosen.bucket).grants]
  return chosen.objects.map((object) => (object.grants ??= []))
}

export function permissionsView(views: Views, target: Target): PermissionsView {
  const { world } = views
  const chosen = views.chosen(target)
  const account = world.account(chosen.accountId)
  const bucket = world.bucket(chosen.accountId, chosen.bucket)
  const kind = target.kind === 'bucket' ? 'bucket' : 'objects'
  if (!bucket.mayList)
    throw new Failure('accessDenied', `You may not read the permissions of “${bucket.name}”`, 'Only its owner can.', {
      bucket: bucket.name,
      status: 403,
      s3Code: 'AccessDenied',
      requestId: 'tx0000a41f-6750',
    })
  const unsupported = account.hasAcls
    ? null
    : new Failure(
        'unsupported',
        'This server has no permissions for single objects or buckets (ACLs)',
        'Use a bucket policy to make it public.',
        { status: 501, s3Code: 'NotImplemented' },
      )
  const lists = grantLists(views, target, chosen)
  const rows = unsupported ? [] : grantRows(account.owner, lists, kind)
  return {
    label: target.kind === 'bucket' ? `Bucket ${bucket.name}` : chosen.label,
    kind,
    objects: kind === 'bucket' ? 0 : chosen.objects.length,
    partly: null,
    supported: unsupported === null,
    unsupported,
    rows,
    readToken: JSON.stringify(lists),
    verdict: verdict(views, target, chosen, bucket),
    readAt: world.now(),
    copyText: rows
      .map(
        (row) =>
          `${row.name}\t${row.cells
            .filter((cell) => cell.tick === 'on')
            .map((cell) => cell.right)
            .join(', ')}`,
      )
      .join('\n'),
  }
}

function grantRows(owner: string, lists: Grant[][], kind: 'bucket' | 'objects'): GrantRow[] {
  const others = new Set(
    lists
      .flat()
      .map((grant) => grant.grantee)
      .filter((grantee) => grantee.includes(':')),
  )
  const ownerCells = rights.map((right) => {
    const none = right === 'write' && kind === 'objects'
    return { right, tick: (none ? 'none' : 'on') as Tick, editable: false }
  })
  const fixed: GrantRow = {
    id: 'owner',
    kind: 'owner',
    name: 'Owner',
    detail: shorten(owner),
    cells: ownerCells,
    isPublic: false,
  }
  const row = (grantee: string, granteeKind: GranteeKind, name: string, detail: string): GrantRow => {
    const cells = rights.map((right) => {
      const none = right === 'write' && kind === 'objects'
      return { right, tick: none ? ('none' as Tick) : tickOf(lists, grantee, right), editable: !none }
    })
    return { id: grantee, kind: granteeKind, name, detail, cells, isPublic: grantee === 'allUsers' }
  }
  return [
    fixed,
    row('authenticatedUsers', 'authenticatedUsers', 'Authenticated users', 'any account'),
    row('allUsers', 'allUsers', 'All users', 'no sign-in needed'),
    ...[...others].map((grantee) => {
      const [type = 'user', value = ''] = grantee.split(/:(.*)/s)
      const holders = lists.filter((list) => list.some((grant) => grant.grantee === grantee)).length
      return row(
        grantee,
        type === 'email' ? 'email' : 'user',
        shorten(value),
        lists.length > 1 ? `${holders} of ${lists.length}` : '',
      )
    }),
  ]
}

function tickOf(lists: Grant[][], grantee: string, right: Right): Tick {
  const holding = lists.filter((list) => hasRight(list, grantee, right)).length
  return holding === 0 ? 'off' : holding === lists.length ? 'on' : 'mixed'
}

function shorten(id: string): string {
  const [tenant = '', user] = id.split('$')
  const short = tenant.length > 12 ? `${tenant.slice(0, 4)}…${tenant.slice(-4)}` : tenant
  return user === undefined ? short : `${short}$${user}`
}

export function verdict(views: Views, target: Target, chosen: Chosen, bucket: StoredBucket): VerdictView {
  const { world } = views
  const proof = { ok: true, text: 'an unsigned request', checkedAt: world.now() }
  if (!world.account(chosen.accountId).hasAcls) {
    return {
      access: 'unknown',
      level: 'unknown',
      title: 'Not known whether the internet can reach this',
      text: 'This server has no ACLs to read.',
      proof: {
        ok: false,
        text: 'The check could not run: the server did not answer an unsigned request.',
        checkedAt: null,
      },
      probes: [],
      moreProbes: 0,
      others: [],
    }
  }
  if (target.kind === 'bucket') {
    const listable = hasRight(bucket.grants, 'allUsers', 'read')
    const probes = [
      { name: `List ${bucket.name}`, status: listable ? '200 OK' : '403 Forbidden', ms: 84, ok: listable },
    ]
    const others = bucket.futurePublic ? ['A bucket policy lets anyone read every object'] : []
    if (!listable && !bucket.futurePublic)
      return {
        access: 'private',
        level: 'private',
        title: 'Private',
        text: 'Only accounts with rights can reach it',
        proof,
        probes,
        moreProbes: 0,
        others,
      }
    const title = listable
      ? 'Anyone on the internet can list its objects'
      : 'Anyone on the internet can read its objects'
    return {
      access: 'public',
      level: listable ? 'listable' : 'readable',
      title,
      text: listable ? 'Names, sizes and dates, through All users' : 'Through a bucket policy',
      proof,
      probes,
      moreProbes: 0,
      others,
    }
  }
  const open = chosen.objects.filter((object) => isPublic(object, bucket))
  const total = chosen.objects.length
  const probes = chosen.objects.slice(0, 3).map((object, index) => {
    const ok = isPublic(object, bucket)
    return { name: lastPart(object.key), status: ok ? '200 OK' : '403 Forbidden', ms: 79 + ((index * 5) % 9), ok }
  })
  const rest = {
    proof,
    probes,
    moreProbes: Math.max(0, total - 3),
    others: bucket.futurePublic ? ['A bucket policy lets anyone read every object'] : [],
  }
  if (open.length === 0)
    return {
      access: 'private',
      level: 'private',
      title: 'Private',
      text: `${count(total, 'object')}, none of them open to the internet`,
      ...rest,
    }
  const title =
    open.length === total ? 'Anyone on the internet can read' : 'Anyone on the internet can read some of these'
  const text = total === 1 ? 'Through All users' : `${open.length} of ${total} objects, through All users`
  return { access: open.length === total ? 'public' : 'partly', level: 'readable', title, text, ...rest }
}
