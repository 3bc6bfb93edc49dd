// The accounts, buckets and objects the mock starts with: those of the design, and a bucket of 100 000 keys.
import type { AccountView } from '../bindings'
import type { Grant, StoredAccount, StoredBucket, StoredObject, World } from './world'

export const projectId = '3f9c2a7d4be04d1f8a6e5b90c2d17c1b'
const publicRead: Grant[] = [{ grantee: 'allUsers', right: 'read' }]
const colleague: Grant = { grantee: 'user:b7e1d0f2a95c4c6ab0e3ffb21c7704ac', right: 'read' }

export function seed(world: World): void {
  const research = account('research', 'Research cloud', 'objects.example.net:8080', { projectId })
  for (const bucket of researchBuckets()) research.buckets.set(bucket.name, bucket)
  world.accounts.set('research', research)

  const lab = account('lab', 'Lab MinIO', '192.0.2.10:9000', {
    scheme: 'http',
    encrypted: false,
    plainHttpConsent: true,
  })
  lab.hasAcls = false
  lab.buckets.set(
    'models',
    bucket('models', '2026-03-02', () => files([['readme.md', 3_100, '2026-03-02T09:00']])),
  )
  world.accounts.set('lab', lab)

  const limited = account('limited', 'One bucket only', 'objects.example.net:8080', { projectId })
  limited.mayListBuckets = false
  limited.buckets.set('partner-drop', { ...bucket('partner-drop', '2025-01-01', () => new Map()), added: true })
  world.accounts.set('limited', limited)
}

export function account(id: string, name: string, endpoint: string, more: Partial<AccountView> = {}): StoredAccount {
  const [host = endpoint, port] = endpoint.split(':')
  const view: AccountView = {
    id,
    name,
    kind: 's3Compatible',
    endpoint,
    scheme: 'https',
    host,
    port: port ? Number(port) : null,
    basePath: '',
    encrypted: true,
    accessKeyId: '7Q2M0V5K9XWB41T8ZC3R',
    secretSaved: 'keychain',
    projectId: null,
    region: 'us-east-1',
    plainHttpConsent: false,
    addressing: 'path',
    signature: 'v4',
    caCertificate: null,
    pinnedCertificate: null,
    localFolder: null,
    ...more,
  }
  return {
    view,
    owner: `${view.projectId ?? 'main'}$research`,
    buckets: new Map(),
    mayListBuckets: true,
    hasAcls: true,
  }
}

export function bucket(name: string, created: string, build: () => Map<string, StoredObject>): StoredBucket {
  let objects: Map<string, StoredObject> | null = null
  return {
    name,
    created: new Date(`${created}T10:00`).getTime(),
    added: false,
    grants: [],
    futurePublic: false,
    mayList: true,
    mayWrite: true,
    pageDelay: 12,
    objects: () => (objects ??= build()),
  }
}

function researchBuckets(): StoredBucket[] {
  const cdn = bucket('cdn-assets', '2025-05-30', () => numbered('assets/icon-', '.svg', 60, 2_400, publicRead))
  cdn.grants = [...publicRead]
  const press = bucket('press-kit', '2025-06-21', () => numbered('photo-', '.jpg', 24, 3_900_000, publicRead))
  press.grants = [...publicRead]
  const partner = bucket('partner-drop', '2025-01-01', () => new Map())
  const tutorial: [string, number, string][] = [
    ['hello.txt', 12, '2026-09-08T10:02'],
    ['private_info.txt', 2_140, '2026-09-08T10:05'],
  ]
  return [
    { ...bucket('app-logs-eu', '2024-02-04', logs), pageDelay: 40 },
    bucket('backups-nightly', '2024-01-17', () => numbered('2026/11/backup-', '.tar.gz', 320, 1_900_000_000)),
    cdn,
    bucket('field-photos', '2025-03-12', fieldPhotos),
    bucket('invoices-2026', '2026-01-02', () => numbered('invoice-', '.pdf', 210, 88_000)),
    bucket('new-bucket-using-python', '2026-09-08', () => files(tutorial)),
    press,
    bucket('sensor-exports', '2025-11-11', () => new Map()),
    bucket('web-uploads', '2026-08-19', () => numbered('upload-', '.png', 1_500, 640_000)),
    { ...partner, added: true, mayList: false, mayWrite: false },
  ]
}

function fieldPhotos(): Map<string, StoredObject> {
  const here = '2026/harbour/'
  const objects = files([
    [`${here}access-2026-11-21.log`, 38_200_000, '2026-11-21T23:59'],
    [`${here}buoy readings, a+b & c #4 100%.csv`, 1_210_000, '2026-11-20T08:12'],
    [`${here}harbour-panorama_stitched_full-resolution_16bit_prophoto_final (2).tif`, 812_000_000, '2026-11-19T17:40'],
    [`${here}hello.txt`, 12, '2026-09-08T10:02'],
    [`${here}IMG_4821.jpg`, 4_820_000, '2026-11-18T14:31'],
    [`${here}IMG_4822.jpg`, 5_070_000, '2026-11-18T14:31'],
    [`${here}IMG_4823.jpg`, 4_710_000, '2026-11-18T14:32'],
    [`${here}logbook-2025.tar.gz`, 2_060_000_000, '2026-01-03T02:15'],
    [`${here}notes `, 0, '2026-11-16T09:00'],
    [`${here}private_info.txt`, 2_140, '2026-09-08T10:05'],
    [`${here}Übersicht Γαλαξίας.csv`, 88_400, '2026-11-15T11:47'],
    [`${here}bell\x07.txt`, 40, '2026-11-14T10:00'],
    [`${here}Cafe\u0301.txt`, 41, '2026-11-14T10:01'],
    [`${here}/orphan.txt`, 9, '2026-11-14T10:02'],
    [`${here}raw/.env`, 212, '2026-11-12T16:20'],
    ['2025/harbour/IMG_0001.jpg', 4_100_000, '2025-08-02T12:00'],
    ['readme.txt', 1_024, '2025-03-12T10:05'],
  ])
  for (const name of ['hello.txt', 'IMG_4821.jpg', 'IMG_4822.jpg', 'IMG_4823.jpg']) {
    const object = objects.get(here + name)
    if (object) object.grants = [...publicRead]
  }
  objects.get(`${here}IMG_4822.jpg`)?.grants?.push(colleague)
  for (const [key, object] of numbered(`${here}thumbs/IMG_`, '.jpg', 1_186, 37_000)) objects.set(key, object)
  for (const [key, object] of numbered(`${here}series-`, '.jpg', 1_185, 1_600_000)) objects.set(key, object)
  return objects
}

function logs(): Map<string, StoredObject> {
  const objects = new Map<string, StoredObject>()
  const start = new Date('2024-02-04T00:00').getTime()
  for (let index = 0; index < 100_000; index += 1) {
    const at = new Date(start + index * 300_000)
    const day = `${at.getFullYear()}/${two(at.getMonth() + 1)}/${two(at.getDate())}`
    const key = `${day}/gw-01/${two(at.getHours())}-${two(at.getMinutes())}.log`
    objects.set(key, object(key, 1_000_000 + ((index * 7_919) % 400_000), at.getTime()))
  }
  return objects
}

function files(list: [string, number, string][]): Map<string, StoredObject> {
  return new Map(list.map(([key, size, date]) => [key, object(key, size, new Date(date).getTime())]))
}

function numbered(start: string, end: string, count: number, size: number, grants: Grant[] | null = null) {
  const objects = new Map<string, StoredObject>()
  for (let index = 1; index <= count; index += 1) {
    const key = `${start}${String(index).padStart(4, '0')}${end}`
    const modified = new Date('2026-06-01T08:00').getTime() + index * 61_000
    objects.set(key, { ...object(key, size + ((index * 7_333) % 90_000), modified), grants: grants && [...grants] })
  }
  return objects
}

export function object(key: string, size: number, modified: number, contentType = ''): StoredObject {
  const storageClass = key.endsWith('.tar.gz') ? 'COLD' : 'STANDARD'
  return { key, size, modified, storageClass, contentType: contentType || guessType(key), grants: null }
}

function guessType(key: string): string {
  const known: Record<string, string> = {
    txt: 'text/plain',
    csv: 'text/csv',
    jpg: 'image/jpeg',
    png: 'image/png',
    svg: 'image/svg+xml',
    pdf: 'application/pdf',
  }
  return known[key.split('.').pop()?.toLowerCase() ?? ''] ?? 'application/octet-stream'
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
