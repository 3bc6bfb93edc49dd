// The words of links and of copying as code.
import type { Access, CodeRequest, CodeSnippet } from '$backend/bindings'
import { formatDay, formatTimeExactly, plural } from '$lib/format'

export const dialog = {
  title: (name: string) => `Get link to ${name}`,
  titleMany: (count: number) => `Get links to ${plural(count, 'object')}`,
  access: { public: 'public', private: 'private', partly: 'partly public', unknown: 'access unknown' } satisfies Record<
    Access,
    string
  >,
  kind: 'Link',
  kinds: [
    { value: 'public', title: 'Public link', icon: 'globe' },
    { value: 'expiring', title: 'Expiring link', icon: 'clock' },
  ] as const,
  worksFor: 'Works for',
  until: 'Until',
  untilDay: 'Day the link ends',
  untilTime: 'Time the link ends',
  zone: (offset: string) => `your time, ${offset}`,
  style: 'Style',
  styles: [
    { value: 'v4', title: 'V4' },
    { value: 'v2', title: 'V2' },
  ] as const,
  styleNote: 'V4 lasts 7 days at most. V2 has no limit.',
  address: 'Address',
  schemes: [
    { value: 'https', title: 'https' },
    { value: 'http', title: 'http' },
  ] as const,
  projectId: 'Start with Project ID',
  noProjectId: 'This account has no Project ID',
  making: 'Making the link…',
  worksUntil: (at: number, now: number) => `Works until ${when(at, now)}.`,
  anyone: 'Anyone with it can download.',
  noEnd: 'Works now, with no end.',
  privateLink: 'Does not work yet.',
  notTried: 'Works for what is public. Several links are not tried.',
  open: 'Open in browser',
  copyThis: 'Copy this link',
  copy: 'Copy link',
  copyAll: (count: number) => `Copy ${plural(count, 'link')}`,
  copied: (count: number) => (count === 1 ? 'Link copied' : `${plural(count, 'link')} copied`),
  list: 'Links',
  more: (count: number) => `and ${plural(count, 'more link')}, copied too`,
  done: 'Done',
  endPublic: 'Make the object private to end it',
  endExpiring: 'It can’t be called back before it ends',
  tooLong: 'V4 links last 7 days at most. Choose an earlier end, or V2.',
  past: 'This time has passed',
  unreadable: 'Choose a day and a time',
}

export const presets = [
  { value: '900', title: '15 min' },
  { value: '3600', title: '1 hour' },
  { value: '86400', title: '1 day' },
  { value: '604800', title: '7 days' },
  { value: 'other', title: 'Other…' },
] as const

export const code = {
  title: 'Copy as code',
  dialogTitle: (label: string) => `Copy as code: ${label}`,
  dialogText: 'The same request from a program or a terminal. Keys are never in it.',
  action: 'Action',
  actions: {
    link: 'Get link',
    listBuckets: 'List buckets',
    createBucket: 'New bucket',
    deleteBucket: 'Delete bucket',
    listObjects: 'List objects',
    putText: 'New text object',
    upload: 'Upload',
    download: 'Download',
    deleteObjects: 'Delete',
    makePublic: 'Make public',
    makePrivate: 'Make private',
  } satisfies Record<CodeRequest['action'], string>,
  language: 'Language',
  copy: 'Copy',
  copied: 'Code copied',
  done: 'Done',
  languages: { boto3: 'boto3', awsCli: 'aws cli', curl: 'curl' } satisfies Record<CodeSnippet['language'], string>,
}

function when(at: number, now: number): string {
  const day = formatDay(at)
  return day === formatDay(now) ? `${formatTimeExactly(at)} today` : `${formatTimeExactly(at)} on ${day}`
}
