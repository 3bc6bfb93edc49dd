// What the menus of the table hold: for what is selected, for the place itself, and for its head.
import type { MenuEntry } from '$components/menu'
import type { CommandId, Commands } from '$session/commands'
import type { Columns } from '$session/columns.svelte'
import { words } from './words'

export const selectionCommands: (CommandId | null)[] = [
  'files.open',
  'files.download',
  'files.downloadTo',
  null,
  'files.getLink',
  'files.copyUrl',
  'files.copyKey',
  'files.copyCode',
  null,
  'files.makePublic',
  'files.makePrivate',
  'files.permissions',
  'files.properties',
  null,
  'files.delete',
]

export const placeCommands: (CommandId | null)[] = [
  'files.uploadFiles',
  'files.uploadFolder',
  'files.newFolder',
  'files.newText',
  null,
  'files.selectAll',
  'files.refresh',
  'go.flat',
  null,
  'buckets.permissions',
  'buckets.properties',
]

/** The columns to choose from, then the rest of what the head can do. */
export function headEntries(columns: Columns, commands: Commands): MenuEntry[] {
  const choices = columns.all
    .filter(({ id }) => id !== 'name')
    .map(({ id, shown }): MenuEntry => ({
      kind: 'action',
      id: `column.${id}`,
      title: words.columns[id],
      checked: shown,
      run: () => columns.show(id, !shown),
    }))
  const reset: MenuEntry = {
    kind: 'action',
    id: 'column.reset',
    title: words.resetColumns,
    icon: 'undo',
    run: () => columns.reset(),
  }
  return [...choices, { kind: 'rule' }, ...commands.entries(['view.columns']), reset]
}
