// Grants as rows of the rights grid, and the verdict they lead to.
import type { GrantRow, GranteeKind, PermissionsView, Right, Target, Tick, VerdictView } from '../bindings'
import { anyone, capital } from '$lib/audience'
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
  const account = world.account(chosen.accountId)
  const who = capital(anyone(account.view))
  const proof = { ok: true, text: 'an unsigned request', checkedAt: world.now() }
  return target.kind === 'bucket' ? bucketVerdict(bucket, who, proof) : objectsVerdict(chosen, bucket, who, proof)
}

const answer = (name: string, open: boolean, ms: number) => ({
  name,
  status: open ? '200 OK' : '403 Forbidden',
  ms,
  ok: true,
})

/** Grants to others than the owner and everyone, in words. */
function others(lists: Grant[][]): string[] {
  const given = lists.flat().filter(({ grantee }) => grantee !== 'allUsers')
  return [...new Set(given.map(({ grantee, right }) => `${grantee.replace(/^\w+:/, '')}: ${right}`))]
}

const withAccount = (lists: Grant[][]) => lists.flat().some(({ grantee }) => grantee === 'authenticatedUsers')
const accountTitle = 'Anyone with an account at this server has rights to it'

function bucketVerdict(bucket: StoredBucket, who: string, proof: VerdictView['proof']): VerdictView {
  const { grants, futurePublic } = bucket
  const listable = hasRight(grants, 'allUsers', 'read')
  const [first] = bucket.objects().values()
  const open = first !== undefined && isPublic(first, bucket)
  const probes = [answer('List of objects', listable, 84)]
  if (first !== undefined) probes.push(answer(lastPart(first.key), open, 79))
  const rest = { proof, probes, moreProbes: 0, others: others([grants]) }
  const through = [listable ? 'the bucket’s ACL' : '', futurePublic ? 'the bucket policy' : ''].filter(Boolean)
  const text = `Through ${through.join(' and ') || 'the ACLs of single objects'}`
  if (hasRight(grants, 'allUsers', 'write'))
    return { access: 'public', level: 'writable', title: `${who} can write into it`, text, ...rest }
  if (futurePublic) {
    const can = listable ? 'can list and read it' : 'can read its objects'
    return { access: 'public', level: 'readable', title: `${who} ${can}`, text, ...rest }
  }
  if (listable) {
    const can = open ? 'can see its list and read some objects' : 'can see its list of objects'
    return { access: 'public', level: open ? 'readable' : 'listable', title: `${who} ${can}`, text, ...rest }
  }
  if (open) return { access: 'partly', level: 'readable', title: `${who} can read some of its objects`, text, ...rest }
  if (withAccount([grants]))
    return { access: 'partly', level: 'private', title: accountTitle, text: 'Through the bucket’s ACL', ...rest }
  return { access: 'private', level: 'private', title: 'Private', text: 'No grant to strangers was found.', ...rest }
}

function objectsVerdict(chosen: Chosen, bucket: StoredBucket, who: string, proof: VerdictView['proof']): VerdictView {
  const { objects } = chosen
  const lists = objects.map((object) => object.grants ?? [])
  const open = objects.filter((object) => isPublic(object, bucket)).length
  const probes = objects
    .slice(0, 3)
    .map((object, index) => answer(lastPart(object.key), isPublic(object, bucket), 79 + ((index * 5) % 9)))
  const rest = { proof, probes, moreProbes: Math.max(0, objects.length - 3), others: others(lists) }
  if (open === 0 && withAccount(lists))
    return { access: 'partly', level: 'private', title: accountTitle, text: 'By the grants below.', ...rest }
  if (open === 0)
    return { access: 'private', level: 'private', title: 'Private', text: 'No grant to strangers was found.', ...rest }
  const through = bucket.futurePublic ? 'the bucket policy' : 'All users'
  const text = `${open} of ${count(objects.length, 'object')}, through ${through}`
  if (open === objects.length) return { access: 'public', level: 'readable', title: `${who} can read`, text, ...rest }
  return { access: 'partly', level: 'readable', title: `${who} can read some of these`, text, ...rest }
}
