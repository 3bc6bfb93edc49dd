// The words of uploads.
import type { ConflictPolicy, UploadAccess, UploadItemView } from '$backend/bindings'
import { capital } from '$lib/audience'
import { formatNumber, plural } from '$lib/format'

export const sheet = {
  title: (files: number) => `Upload ${plural(files, 'file')}`,
  to: 'to',
  nothingSent: 'Nothing is sent until you press Upload.',
  reading: 'Looking at the files…',
  readingCount: (files: number) => `Looking at the files: ${plural(files, 'file')} so far`,
  policy: 'If the key exists',
  access: 'Access',
  keys: 'Files and their keys',
  file: 'File',
  key: 'Key in the bucket',
  keyOf: (file: string) => `Key for ${file}`,
  size: 'Size',
  result: 'Result',
  decisionFor: (file: string) => `What to do with ${file}, whose key exists`,
  more: (count: number) => `and ${plural(count, 'more file')} under the same rules`,
  skippedTitle: (count: number) => `${plural(count, 'file')} left out`,
  showSkipped: 'Show them',
  hideSkipped: 'Hide them',
  publicTitle: 'These will be public.',
  publicText: (anyone: string) => `${capital(anyone)} can open them as soon as they are there, without signing in.`,
  sensitive: (count: number) =>
    count === 1 ? '1 file looks sensitive:' : `${formatNumber(count)} files look sensitive:`,
  undecided: (count: number) =>
    `${count === 1 ? '1 key exists' : `${formatNumber(count)} keys exist`}: choose what happens to ${count === 1 ? 'it' : 'them'}`,
  invalid: 'Some keys can’t be used',
  nothing: 'Nothing to upload',
  checking: 'Checking the keys…',
  cancel: 'Cancel',
  copyCode: 'Copy as code',
  upload: (files: number) => `Upload ${plural(files, 'file')}`,
  uploadPublic: (files: number) => `Upload ${plural(files, 'public file')}`,
}

export const policies: { value: ConflictPolicy; title: string }[] = [
  { value: 'ask', title: 'Ask for each' },
  { value: 'replace', title: 'Replace' },
  { value: 'skip', title: 'Skip' },
  { value: 'keepBoth', title: 'Keep both' },
]

export const decisions: { value: ConflictPolicy; title: string }[] = [
  { value: 'ask', title: 'Choose…' },
  ...policies.filter((policy) => policy.value !== 'ask'),
]

export const accesses: { value: UploadAccess; title: string }[] = [
  { value: 'serverDefault', title: 'Server default' },
  { value: 'private', title: 'Private' },
  { value: 'public', title: 'Public' },
]

export function resultWords(item: UploadItemView): string {
  if (item.result === 'invalid') return item.problem ?? 'Can’t be used'
  if (item.result === 'unknown') return 'May exist, not readable'
  return item.parts > 1 ? `New, in ${formatNumber(item.parts)} parts` : 'New'
}

export const toast = {
  started: (files: number, place: string) => `Uploading ${plural(files, 'file')} to ${place}`,
  undo: 'Undo',
  undone: 'Upload cancelled',
  show: 'Show',
}
