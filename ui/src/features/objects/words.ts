// The words of the object pane and its sheets.
import type { UploadAccess } from '$backend/bindings'
import { capital } from '$lib/audience'
import { formatNumber, formatSize, plural } from '$lib/format'

export const words = {
  pane: 'Objects',
  grid: (path: string) => `Objects in ${path}`,
  back: 'Back',
  forward: 'Forward',
  up: 'Up one level',
  showBuckets: 'Show buckets',
  path: 'Path',
  editPath: 'Type a path',
  pathHint: 'bucket/folder/, s3://bucket/key or an https:// address',
  copyPath: 'Copy path',
  moreFolders: 'Folders above',
  emptyName: '(empty name)',
  listing: 'Listing',
  folders: 'Folders',
  flat: 'Flat',
  filter: 'Filter this folder',
  clearFilter: 'Clear filter',
  upload: 'Upload',
  moreUpload: 'More upload choices',
  more: 'More actions',
  columns: {
    name: 'Name',
    size: 'Size',
    type: 'Type',
    lastModified: 'Last modified',
    storageClass: 'Class',
    access: 'Access',
  },

  columnsTitle: 'Columns',
  columnsText: 'Which columns the table shows, in which order and how wide. Kept for this window.',
  columnsHead: 'Columns of the table',
  widthOf: (column: string) => `Width of ${column} in pixels`,
  moveLeft: (column: string) => `Move ${column} left`,
  moveRight: (column: string) => `Move ${column} right`,
  nameTakesRest: 'First, and takes the room that is left',
  resetColumns: 'Reset columns',
  done: 'Done',

  chooseBucket: 'Choose a bucket',
  chooseBucketText: 'Its objects appear here.',
  emptyBucket: 'This bucket is empty',
  emptyFolder: 'This folder is empty',
  emptyText: 'Drop files or folders here, or start one by hand.',
  noMatch: (filter: string) => `No key here contains “${filter}”`,
  noMatchText: (listed: number) => `${plural(listed, 'object')} here ${listed === 1 ? 'was' : 'were'} looked at.`,
  searchAll: 'Search the whole bucket',
  denied: 'You may not list this bucket',
  deniedText: (bucket: string) =>
    `These keys can reach ${bucket}, but its owner does not let them list it. If you know a key or a folder, you can still open it.`,
  goToKey: 'Go to key…',
  useAnother: 'Use another account',
  failed: 'The list could not be read',
  retry: 'Try again',
  asking: (host: string) => `Asking ${host}…`,
  soFar: (bytes: number, rate: number) =>
    `so far, ${formatSize(bytes)}${rate > 0 ? `, ${formatNumber(rate)} a second` : ''}`,
  objects: (count: number) => plural(count, 'object'),
  stop: 'Stop',
  stopped: (count: number) => `Stopped after ${plural(count, 'object')}. The rest was not listed.`,
  cutShort: (count: number) => `Only ${plural(count, 'object')} could be listed.`,
  listAgain: 'List again',
  sortedSoFar: 'Sorted so far',
  selectAll: 'Select all',
  askAll: (count: number) => `Select the ${formatNumber(count)} listed so far, or wait for all?`,
  takeListed: 'Select listed',
  waitForAll: 'Wait for all',
  waitingForAll: (count: number) => `Selecting all when the listing ends, ${formatNumber(count)} so far`,
  allGaveUp: 'The listing ended early, so nothing was selected. Select all takes what was listed.',
  listed: (count: number) => `${plural(count, 'object')} listed`,

  dropHere: (files: number, place: string) =>
    files > 0 ? `Drop to upload ${plural(files, 'file')} to ${place}` : `Drop to upload to ${place}`,

  cancel: 'Cancel',
  copyCode: 'Copy as code',
  inPlace: (path: string) => `In ${path}`,
  newText: 'New text object',
  key: 'Key',
  text: 'Text',
  contentType: 'Content type',
  access: 'Access',
  accesses: [
    { value: 'serverDefault', title: 'Server default' },
    { value: 'private', title: 'Private' },
    { value: 'public', title: 'Public' },
  ] satisfies { value: UploadAccess; title: string }[],
  public: 'Public',
  bytes: (count: number) => `${plural(count, 'byte')}, UTF-8, saved exactly as typed`,
  exists: (key: string) => `${key} exists.`,
  replaces: (size: number | null) => `Creating replaces it${size === null ? '' : ` (${formatSize(size)})`}.`,
  publicWarning: (anyone: string) => `${capital(anyone)} can read it, without signing in.`,
  create: 'Create object',
  replace: 'Replace object',
  createdObject: (key: string) => `“${key}” created`,
  createdNotOpen: (key: string, reason: string | null) =>
    `“${key}” created, but it is not public${reason === null ? '' : `: ${reason}`}`,
  newFolder: 'New folder',
  newFolderText: 'A folder is an empty object whose key ends with “/”.',
  folderName: 'Folder name',
  createFolder: 'Create folder',
  createdFolder: (name: string) => `Folder “${name}” created`,

  deleteTitle: (objects: number, folders: number) =>
    `Delete ${[
      objects > 0 || folders === 0 ? plural(objects, 'object') : '',
      folders > 0 ? plural(folders, 'folder') : '',
    ]
      .filter(Boolean)
      .join(' and ')}?`,
  deleteLooking: 'Looking at what will be deleted',
  deleteLookingText: 'Nothing is deleted before you have seen what goes.',
  countSoFar: (objects: number, bytes: number) => `${plural(objects, 'object')} so far, ${formatSize(bytes)}`,
  deleteFrom: (path: string, versioning: 'off' | 'enabled' | 'suspended' | 'unsupported') =>
    versioning === 'enabled'
      ? `From ${path}. Versioning is on: this adds delete markers and keeps the old versions.`
      : versioning === 'suspended'
        ? `From ${path}. Versioning is suspended: what was written since can’t be brought back.`
        : `From ${path}. ${versioning === 'off' ? 'Versioning is off, so this' : 'This'} can’t be undone.`,
  andMore: (count: number) => `and ${formatNumber(count)} more`,
  publicCount: (count: number) => `${formatNumber(count)} of these ${count === 1 ? 'is' : 'are'} public.`,
  publicCountText: 'Links to them stop working at once.',
  deleteCost: (requests: number, bytes: number) => `${plural(requests, 'request')}, ${formatSize(bytes)} freed`,
  typeBucket: 'Type the bucket’s name',
  delete: (objects: number) => `Delete ${plural(objects, 'object')}`,
  deleting: (objects: number) => `Deleting ${plural(objects, 'object')}`,
  show: 'Show',
} as const

/** `STANDARD_IA` → `Standard IA`: the server's word, readable; nothing for nothing. */
export function storageClassWords(storageClass: string | null): string {
  if (storageClass === null) return ''
  const [first = '', ...rest] = storageClass.split('_')
  return [first.slice(0, 1).toUpperCase() + first.slice(1).toLowerCase(), ...rest].join(' ')
}
