// What the palette finds: buckets, what stands in the open folder, commands, and going to a typed path. Pure.
import type { BucketView, RowView } from '$backend/backend'
import type { IconName } from '$components/icons'
import { formatSize } from '$lib/format'
import type { CommandView } from '$session/commands'
import { words } from './words'

export type Found = {
  id: string
  head: string
  icon: IconName
  title: string
  note: string
  shortcut: string | null
  disabled: string | null
  run: () => void
}

export type Sources = {
  commands: CommandView[]
  buckets: BucketView[]
  rows: readonly RowView[]
  openBucket: (name: string) => void
  openRow: (row: RowView) => void
  goTo: (text: string) => void
}

const mostOfAKind = 8

/** Whether all words of the query stand somewhere in the text. */
function matches(text: string, query: string): boolean {
  const haystack = text.toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word))
}

/** Where the query stands in the title, for marking it; null when it does not stand there as typed. */
export function markOf(title: string, query: string): [string, string, string] | null {
  const wanted = query.replace(/^>\s*/, '')
  const at = wanted === '' ? -1 : title.toLowerCase().indexOf(wanted.toLowerCase())
  if (at < 0) return null
  return [title.slice(0, at), title.slice(at, at + wanted.length), title.slice(at + wanted.length)]
}

function commandsFor(query: string, { commands }: Sources): Found[] {
  return commands
    .filter(({ id, title }) => id !== 'go.palette' && matches(title, query))
    .map(({ id, title, icon, shortcut, disabled, run }) => ({
      id,
      head: words.paletteHeads.commands,
      icon: icon ?? 'arrow-r',
      title,
      note: '',
      shortcut,
      disabled,
      run,
    }))
}

function bucketsFor(query: string, { buckets, openBucket }: Sources): Found[] {
  return buckets
    .filter(({ name }) => matches(name, query))
    .slice(0, mostOfAKind)
    .map(({ name, added }) => ({
      id: `bucket ${name}`,
      head: words.paletteHeads.buckets,
      icon: added ? 'link' : 'bucket',
      title: name,
      note: words.bucket,
      shortcut: null,
      disabled: null,
      run: () => openBucket(name),
    }))
}

function rowsFor(query: string, { rows, openRow }: Sources): Found[] {
  return rows
    .map((row) => ({ row, title: row.name.map(({ text }) => text).join('') }))
    .filter(({ title }) => matches(title, query))
    .slice(0, mostOfAKind)
    .map(({ row, title }) => ({
      id: `key ${row.key}`,
      head: words.paletteHeads.keys,
      icon: row.kind === 'folder' ? 'folder' : 'file-text',
      title,
      note: row.size === null ? words.folder : formatSize(row.size),
      shortcut: null,
      disabled: null,
      run: () => openRow(row),
    }))
}

/** Everything a query finds, best kinds first; `>` asks for commands only. */
export function find(query: string, sources: Sources): Found[] {
  const text = query.trim()
  if (text.startsWith('>')) return commandsFor(text.slice(1).trim(), sources)
  const commands = commandsFor(text, sources)
  if (text === '') return commands
  const path: Found = {
    id: 'go',
    head: words.paletteHeads.go,
    icon: 'arrow-r',
    title: words.goTo(text),
    note: '',
    shortcut: null,
    disabled: null,
    run: () => sources.goTo(text),
  }
  const places = [...bucketsFor(text, sources), ...rowsFor(text, sources), ...commands]
  return text.includes('/') ? [path, ...places] : [...places, path]
}
