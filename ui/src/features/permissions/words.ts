// The words of permissions: the verdict, the rights grid, make public and make private.
import type { Right, VerdictView } from '$backend/bindings'
import { formatNumber, formatTimeExactly, plural } from '$lib/format'

export const rightNames: Record<Right, string> = {
  fullControl: 'Full control',
  read: 'Read',
  write: 'Write',
  readAcp: 'Read permissions',
  writeAcp: 'Write permissions',
}

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
  publishTitle: 'Open this to the internet?',
  publishText: 'After this change anyone on the internet can use these rights, without signing in.',
  confirmPublish: 'Make public',
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
  publicText: 'Choose what anyone on the internet may do, without signing in. Each is separate.',
  publicObjectsText: 'Anyone on the internet can then open them, without signing in.',
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
  objectsTooText: (count: number) => `${plural(count, 'object')} are public by their own permissions.`,
  requests: (count: number) => plural(count, 'request'),
  address: 'Address',
  copyAddress: 'Copy address',
  table: 'Before and after',
  canNow: 'Anyone on the internet can',
  now: 'Now',
  after: 'After',
  no: 'No',
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
}
