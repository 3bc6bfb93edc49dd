import { expect, test, vi } from 'vitest'
import type { RowView } from '$backend/backend'
import type { CommandView } from '$session/commands'
import { find, markOf, type Sources } from './palette'

const command = (id: CommandView['id'], title: string): CommandView => ({
  id,
  title,
  icon: null,
  shortcut: null,
  disabled: null,
  danger: false,
  run: () => undefined,
})

const sources = (): Sources => ({
  commands: [command('buckets.new', 'New bucket…'), command('files.newText', 'New text object…')],
  buckets: [{ name: 'text-archive', created: 1, added: false }],
  rows: [{ key: '2026/readme.text', name: [{ text: 'readme.text', odd: false }], kind: 'object', size: 12 } as RowView],
  openBucket: vi.fn(),
  openRow: vi.fn(),
  goTo: vi.fn(),
})

test('a query finds places before commands, and offers to go there', () => {
  expect(find('text', sources()).map(({ id }) => id)).toEqual([
    'bucket text-archive',
    'key 2026/readme.text',
    'files.newText',
    'go',
  ])
})

test('the words of a query may stand apart', () => {
  expect(find('> object new', sources()).map(({ id }) => id)).toEqual(['files.newText'])
})

test('a path is gone to first', () => {
  const all = sources()
  find('s3://photos/2026/', all)[0]?.run()
  expect(all.goTo).toHaveBeenCalledWith('s3://photos/2026/')
})

test('the found words are marked where they stand', () => {
  expect(markOf('New bucket…', '> Buck')).toEqual(['New ', 'buck', 'et…'])
  expect(markOf('New bucket…', 'zzz')).toBeNull()
})
