import { expect, test } from 'vitest'
import { Columns, readColumns } from './columns.svelte'

const ids = (columns: Columns) => columns.all.map(({ id }) => id).join(' ')
const fresh = () => new Columns(readColumns(null))

test('saved columns come back in their order, width and choice', () => {
  const columns = fresh()
  columns.move('access', 'size')
  columns.resize('lastModified', 200)
  columns.show('type', false)
  const again = new Columns(readColumns(JSON.parse(JSON.stringify(columns.all))))
  expect(again.all).toEqual(columns.all)
  expect(again.shown.map(({ id }) => id)).toEqual(['name', 'access', 'size', 'lastModified', 'storageClass'])
})

test('broken columns are mended: each once, the name first and always shown', () => {
  const found = [{ id: 'size', width: 1e9 }, { id: 'size' }, { id: 'colour' }, 7, null, { id: 'name', shown: false }]
  const columns = new Columns(readColumns(found))
  expect(ids(columns)).toBe('name size type lastModified storageClass access')
  expect(columns.all[1]).toEqual({ id: 'size', width: 480, shown: true })
  expect(columns.all[0]?.shown).toBe(true)
  expect(readColumns('no')).toEqual(readColumns(null))
})

test('the name neither moves nor hides, and nothing stands before it', () => {
  const columns = fresh()
  columns.move('name', null)
  columns.move('size', 'name')
  columns.show('name', false)
  columns.resize('name', 300)
  expect(columns.all).toEqual(readColumns(null))
})

test('a column steps left and right as far as there is a place', () => {
  const columns = fresh()
  columns.step('type', 1)
  expect(ids(columns)).toBe('name size lastModified type storageClass access')
  columns.step('access', 1)
  columns.step('size', -1)
  expect(ids(columns)).toBe('name size lastModified type storageClass access')
  columns.step('access', -1)
  expect(ids(columns)).toBe('name size lastModified type access storageClass')
  expect([columns.canStep('size', -1), columns.canStep('size', 1)]).toEqual([false, true])
})

test('a narrow window leaves columns out, and their tracks with them', () => {
  const columns = fresh()
  columns.show('size', false)
  const tracks = (room: 'wide' | 'narrow' | 'small') => columns.tracks(room).match(/minmax/g)?.length
  expect([tracks('wide'), tracks('narrow'), tracks('small')]).toEqual([5, 3, 2])
})

test('a width is kept within reason and can be reset', () => {
  const columns = fresh()
  columns.resize('size', 3)
  expect(columns.all[1]?.width).toBe(48)
  columns.resetWidth('size')
  expect(columns.all[1]?.width).toBe(82)
})
