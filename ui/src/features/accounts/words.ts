// The words of accounts: welcome, the form, its test, the switcher, the list.
import type { AccountKind, ConnectionOutcome } from '$backend/bindings'
import type { IconName } from '$components/icons'
import { plural } from '$lib/format'

export const welcome = {
  title: 'Welcome to Dipper',
  text: 'Browse, share and protect your object storage.',
  add: 'Add account',
  addText: 'An endpoint, an access key and a secret key, for any S3-compatible storage.',
  local: 'Try it with local storage on this computer',
  localText: 'Starts a small private server in a folder on this computer. Nothing leaves it.',
  promise: 'Keys are kept in your system keychain, never in a plain file. No telemetry.',
  promiseNoKeychain: 'No keychain was found: keys are kept in memory only, never in a plain file. No telemetry.',
}

export const keychainBanner = {
  title: 'No keychain.',
  text: 'Secret keys are kept in memory for this run only.',
}

export const kinds: { value: AccountKind; title: string; icon: IconName }[] = [
  { value: 's3Compatible', title: 'S3-compatible storage', icon: 'server' },
  { value: 'amazon', title: 'Amazon S3', icon: 'server' },
]

export const form = {
  addTitle: 'Add new account',
  editTitle: (name: string) => `Edit “${name}”`,
  where: 'Where do I get these? On your provider’s credentials page.',
  showMe: 'Show me',
  hideHelp: 'Hide',
  whereText:
    'Most consoles have a page called Credentials, API access or Access keys. Create a pair there: the access key ID names it, the secret access key is shown once. The endpoint is on the same page or in the provider’s S3 guide.',
  name: 'Display name',
  kind: 'Account type',
  endpoint: 'REST endpoint',
  endpointHint: 'objects.example.net',
  understood: (url: string) => `Dipper will use ${url}`,
  port: 'Port',
  accessKeyId: 'Access key ID',
  secret: 'Secret access key',
  secretSaved: 'Saved. Type to replace',
  secretMemory: 'Kept in memory for this run. Type to replace',
  secretMissing: 'Not saved. Type it again',
  showSecret: 'Show the secret',
  hideSecret: 'Hide the secret',
  tls: 'Use secure transfer (SSL/TLS)',
  tlsOff:
    'Keys are never sent, but objects and names travel readable, and uploads are not checked on the way. Use it only on a network you trust.',
  tlsOffTitle: 'Nothing is encrypted on the way.',
  plainHttp: (host: string) => `Send signatures and data unencrypted to ${host}`,
  projectId: 'Project ID (tenant)',
  projectIdHint: 'Optional. Links on this service need it. Paste your console’s address to fill it in.',
  projectIdHelp: 'What is a Project ID?',
  projectIdHelpText:
    'OpenStack services put it before the bucket name in links. It is 32 letters and digits: on the console’s Projects or Overview page, and in its address. Paste the whole address here and Dipper picks it out.',
  advanced: 'Advanced S3-compatible storage settings',
  signature: 'Signature',
  region: 'Region',
  regionHint: 'us-east-1 if left empty',
  addressing: 'Addressing',
  ca: 'CA certificate',
  caSystem: 'System certificates',
  caChoose: 'Choose file…',
  caRemove: 'Use the system certificates',
  pinned: 'Trusted for this host only',
  unpin: 'Stop trusting it',
  test: 'Test connection',
  cancel: 'Cancel',
  submitAdd: 'Add new account',
  submitAnyway: 'Add anyway',
  submitEdit: 'Save changes',
  added: (name: string) => `Account “${name}” added`,
  saved: (name: string) => `Account “${name}” saved`,
  addBucket: 'Add bucket by name',
  bucketName: 'Bucket name',
  missing: {
    name: 'A name is needed, to tell accounts apart',
    endpoint: 'The endpoint is needed',
    accessKeyId: 'The access key ID is needed',
    secretAccessKey: 'The secret access key is needed',
    port: 'A port is a number from 1 to 65535',
    plainHttpConsent: 'Tick this to go on without encryption, or turn secure transfer on',
  },
}

export const addressings = [
  { value: 'path', title: 'Path' },
  { value: 'virtualHost', title: 'Virtual host' },
  { value: 'auto', title: 'Auto' },
] as const

export const signatures = [
  { value: 'v4', title: 'V4' },
  { value: 'v2', title: 'V2' },
] as const

export const result = {
  serverAnswer: 'Show the server’s answer',
  clearSecret: 'Clear the secret key',
  editKey: 'Edit the access key',
  editEndpoint: 'Edit the endpoint',
  again: 'Try again',
  trust: 'Trust this certificate…',
  chooseCa: 'Choose a CA file…',
  tlsOn: 'Turn secure transfer on',
  tlsOff: 'Turn secure transfer off',
  useProjectId: 'Use it',
  suggested: (id: string) => `This account’s Project ID looks like ${id}.`,
  issuedBy: 'Issued by',
  issuedTo: 'Issued to',
  validity: 'Valid',
  fingerprint: 'SHA-256',
}

export const resultIcons: Partial<Record<ConnectionOutcome, IconName>> = {
  certificateNotTrusted: 'shield',
  nameNotFound: 'offline',
  refused: 'offline',
  timedOut: 'offline',
  clockWrong: 'clock',
  plainHttp: 'lock-open',
  needsTls: 'lock-open',
}

export const trust = {
  title: 'Trust this certificate?',
  text: (host: string) =>
    `For ${host} only, and only while it shows exactly this certificate. Compare the fingerprint with the one your administrator gives you.`,
  confirm: 'Trust this certificate',
  cancel: 'Cancel',
}

export const menu = {
  label: 'Accounts',
  none: 'No account yet',
  noneText: 'Add one to see its buckets',
  notEncrypted: 'not encrypted',
  localStorage: 'Local storage',
  add: 'Add new account…',
  local: 'Try local storage',
  manage: 'Manage accounts…',
  secretMissing: 'secret key missing',
  spoken: (name: string, endpoint: string, encrypted: boolean) =>
    `Account ${name}, ${endpoint}, ${encrypted ? 'secure connection' : 'not encrypted'}`,
}

export const manage = {
  title: 'Manage accounts',
  text: (count: number) => `${plural(count, 'account')} on this computer`,
  empty: 'No account yet',
  emptyText: 'Add one to see its buckets.',
  open: 'Switch to it',
  current: 'Open now',
  edit: 'Edit…',
  remove: 'Remove…',
  add: 'Add new account…',
  done: 'Done',
}

export const removal = {
  title: (name: string) => `Remove “${name}” from Dipper?`,
  removed: (name: string) => `Account “${name}” removed`,
  looking: 'Looking at the account…',
  confirm: 'Remove account',
  cancel: 'Cancel',
}
