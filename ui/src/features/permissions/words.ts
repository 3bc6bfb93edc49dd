// The words of permissions: the verdict, the rights grid, make public and make private.
import type { AccessPlan, Audience, Right, VerdictView } from '$backend/bindings'
import { capital } from '$lib/audience'
import { formatNumber, formatTimeExactly, plural } from '$lib/format'

export const rightNames: Record<Right, string> = {
  fullControl: 'Full control',
  read: 'Read',
  write: 'Write',
  readAcp: 'Read permissions',
  writeAcp: 'Write permissions',
}

const accounts = 'anyone with an account at this server'

export const panel = {
  label: 'Permissions',
  loading: 'Reading permissions…',
  nothing: 'Nothing selected',
  nothingText: 'Select a bucket or objects to see who can reach them.',
  grantee: 'Grantee',
  grid: 'Rights by grantee',
  writeNote: 'Write has no effect on objects',
  apply: (changes: number) => (changes === 0 ? 'Apply changes' : `Apply ${plural(changes, 'change')}`),
  nothingToApply: 'Nothing has been changed',
  reload: 'Reload',
  reloadDrops: 'Reload, and drop the changes',
  copy: 'Copy',
  copied: 'Permissions copied',
  add: 'Add user…',
  removeAdded: 'Take this user out again',
  cell: (grantee: string, right: Right) => `${grantee}, ${rightNames[right]}`,
  unsupported: 'Rights can’t be shown here',
  about: (label: string, at: number) => `${label}, read at ${formatTimeExactly(at)}`,
  addedDetail: 'not saved yet',
  applied: 'Permissions changed',
  publishTitle: (to: Audience, anyone: string) => `Open this to ${to === 'anyone' ? anyone : accounts}?`,
  publishText: (to: Audience, anyone: string) =>
    to === 'anyone'
      ? `After this change ${anyone} can use these rights, without signing in.`
      : `After this change ${accounts} can use these rights.`,
  confirmPublish: (to: Audience) => (to === 'anyone' ? 'Make public' : 'Give these rights'),
  before: 'Now',
  after: 'After',
}

export const addUser = {
  title: 'Add user',
  text: 'A user of this service, by the ID the provider shows or by e-mail.',
  by: 'By',
  kinds: [
    { value: 'user', title: 'User ID' },
    { value: 'email', title: 'E-mail' },
  ] as const,
  id: 'User ID',
  email: 'E-mail address',
  rights: 'Rights',
  submit: 'Add user',
  cancel: 'Cancel',
  empty: 'Type the ID or the address of a user',
  badEmail: 'This is not an e-mail address',
  known: 'This user is in the list already',
  noRight: 'Choose at least one right',
  note: 'Sent with “Apply changes”.',
}

export const verdictWords = {
  again: 'Check again',
  verified: 'Verified.',
  checked: (verdict: VerdictView) =>
    verdict.proof.checkedAt === null
      ? verdict.proof.text
      : verdict.proof.ok
        ? `Checked ${formatTimeExactly(verdict.proof.checkedAt)} with ${verdict.proof.text}`
        : `${verdict.proof.text} Checked ${formatTimeExactly(verdict.proof.checkedAt)}.`,
  notChecked: 'Not verified.',
  more: (count: number) => `and ${formatNumber(count)} more`,
  others: 'What else gives access',
  makePrivate: 'Make private',
  makePublic: 'Make public',
  alreadyPrivate: 'It is private already',
  alreadyPublic: 'It is public already',
}

export const access = {
  publicTitle: (label: string) => `Make “${label}” public`,
  publicManyTitle: (count: number) => `Make ${plural(count, 'object')} public`,
  publicText: (anyone: string) => `Choose what ${anyone} may do, without signing in. Each is separate.`,
  publicObjectsText: (anyone: string) => `${capital(anyone)} can then open them, without signing in.`,
  privateTitle: (label: string) => `Make “${label}” private`,
  privateText: 'Takes back what made it public. Links without a signature stop working at once.',
  ticks: 'What becomes public',
  listing: 'See the list of objects',
  listingText: (objects: number) => `All ${formatNumber(objects)} names, sizes and dates. Not their content.`,
  listingHow: 'Bucket ACL',
  existing: 'Open the objects that are here now',
  existingHow: 'Object ACLs',
  future: 'Open everything uploaded later',
  futureText: 'By anyone with keys to this bucket, from any tool.',
  futureHow: 'Bucket policy',
  objectsToo: 'Also make the objects in it private',
  objectsTooText: (ticked: boolean, plan: AccessPlan | null) =>
    !ticked
      ? 'Objects that are public by themselves stay so.'
      : plan === null
        ? ' '
        : plan.alreadyPublic === null
          ? `${plural(plan.objects, 'object')}. How many are public was not looked at.`
          : `${formatNumber(plan.alreadyPublic)} of ${plural(plan.objects, 'object')} can be read by strangers now.`,
  requests: (count: number) => plural(count, 'request'),
  address: 'Address',
  copyAddress: 'Copy address',
  table: 'Before and after',
  canNow: (anyone: string) => `${capital(anyone)} can`,
  now: 'Now',
  after: 'After',
  showExact: 'Show the exact ACL and policy',
  hideExact: 'Hide the exact ACL and policy',
  sensitive: (count: number) =>
    count === 1 ? '1 object looks sensitive:' : `${formatNumber(count)} objects look sensitive:`,
  sensitiveToo: 'They would be readable too.',
  leavePrivate: 'Leave these private',
  leftPrivate: (count: number) => `${plural(count, 'object')} with a sensitive name stay private.`,
  remaining: 'It stays reachable:',
  promise: 'Make private undoes exactly this. Checked afterwards, unsigned.',
  privatePromise: 'Checked afterwards, unsigned.',
  counting: (objects: number) => `Counting: ${plural(objects, 'object')} so far`,
  stop: 'Stop counting',
  cancel: 'Cancel',
  makePublic: 'Make public',
  makePrivate: 'Make private',
  nothingTicked: 'Tick what becomes public',
  already: (count: number) => (count === 1 ? '1 is already public.' : `${formatNumber(count)} are already public.`),
  show: 'Show',
  working: (label: string) => `Changing the objects of ${label}`,
  notChecked: (label: string) => `${label} was changed, but could not be checked`,
}
