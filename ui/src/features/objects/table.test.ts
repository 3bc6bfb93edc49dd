import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RowView, SelectionChange } from '$backend/backend'
import type { Session } from '$session/session.svelte'
import { clickExtend, tableAction } from './keys'
import { ObjectTable, restTime, selectedAfter } from './table.svelte'

const row = (index: number, more: Partial<RowView> = {}): RowView => ({
  index,
  kind: 'object',
  key: `k${index}`,
  name: [{ text: `k${index}`, odd: false }],
  spoken: `k${index}`,
  tags: [],
  size: 1,
  lastModified: 1,
  type: 'Text',
  icon: 'text',
  storageClass: null,
  selected: false,
  ...more,
})

function build(total = 1000) {
  const select = vi.fn((_: SelectionChange) => Promise.resolve())
  const rows = vi.fn((_: string, start: number, count: number) =>
    Promise.resolve({
      version: 1,
      total,
      start,
      rows: Array.from({ length: Math.min(count, total - start) }, (_, at) => row(start + at)),
    }),
  )
  const rowAccess = vi.fn((_: string, keys: string[]) =>
    Promise.resolve(keys.map(() => ({ access: 'private', reason: null }))),
  )
  const session = {
    view: { select },
    layout: { sort: { column: 'name', direction: 'ascending' } },
    backend: { rows, rowAccess, findRow: () => Promise.resolve(42) },
    attempt: vi.fn(),
  }
  return { table: new ObjectTable(session as unknown as Session), select, rows, rowAccess, session }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('only the rows in view are fetched, and wishes made meanwhile become one question', async () => {
  const { table, rows } = build()
  table.follow('v', 1000)
  await vi.advanceTimersByTimeAsync(0)
  table.show(0, 30)
  table.show(30, 60)
  table.show(500, 530)
  await vi.waitFor(() => expect(table.row(500)?.key).toBe('k500'), { timeout: 10_000 })
  expect(rows.mock.calls).toEqual([
    ['v', 0, 30],
    ['v', 500, 30],
  ])
  expect(table.row(29)).toBeUndefined()
})

test('rows of a view that was left are dropped', async () => {
  const { table, rows } = build()
  let answer: (value: Awaited<ReturnType<typeof rows>>) => void = () => undefined
  rows.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
  table.follow('old', 10)
  await vi.advanceTimersByTimeAsync(0)
  table.show(0, 10)
  table.follow('new', 1000)
  answer({ version: 1, total: 10, start: 0, rows: [row(0, { key: 'stale' })] })
  await vi.advanceTimersByTimeAsync(0)
  expect(table.row(0)?.key).toBe('k0')
  expect(rows.mock.calls.map(([id]) => id)).toEqual(['old', 'new'])
})

test('access is asked for visible objects after a rest, once for each key', async () => {
  const { table, rowAccess } = build(3)
  table.follow('v', 3)
  table.show(0, 3)
  await vi.advanceTimersByTimeAsync(restTime - 1)
  expect(rowAccess).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(table.access.get('k1')).toEqual({ access: 'private', reason: null })
  table.show(0, 2)
  await vi.advanceTimersByTimeAsync(restTime)
  expect(rowAccess).toHaveBeenCalledTimes(1)
  table.accessChanged()
  await vi.advanceTimersByTimeAsync(restTime)
  expect(rowAccess).toHaveBeenCalledTimes(2)
})

test('a list read anew forgets who could reach its rows, and an answer on its way is dropped', async () => {
  const { table, rowAccess } = build(3)
  table.follow('v', 3, 1)
  table.show(0, 3)
  await vi.advanceTimersByTimeAsync(restTime)
  expect(table.access.size).toBe(3)
  let answer: (badges: { access: string; reason: null }[]) => void = () => undefined
  rowAccess.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
  table.accessChanged()
  await vi.advanceTimersByTimeAsync(restTime)
  table.follow('v', 3, 2)
  expect(table.access.size).toBe(0)
  answer(Array.from({ length: 3 }, () => ({ access: 'private', reason: null })))
  await vi.advanceTimersByTimeAsync(1)
  expect(table.access.size).toBe(0)
  await vi.advanceTimersByTimeAsync(restTime)
  expect(rowAccess).toHaveBeenCalledTimes(3)
  expect(table.access.size).toBe(3)
})

test('a range runs from the anchor, wherever the cursor went', async () => {
  const { table, select } = build()
  table.follow('v', 1000)
  await table.go(10, 'only')
  await table.go(14, 'range')
  await table.go(8, 'range')
  expect(select.mock.calls.map(([change]) => change)).toEqual([
    { kind: 'only', index: 10 },
    { kind: 'range', from: 10, to: 14, additive: false },
    { kind: 'range', from: 10, to: 8, additive: false },
  ])
})

test('a right click keeps a selection it falls into', async () => {
  const { table, select } = build(3)
  table.follow('v', 3)
  table.rows = [row(0, { selected: true }), row(1, { selected: true }), row(2)]
  await table.point(1)
  expect(select).not.toHaveBeenCalled()
  await table.point(2)
  expect(select).toHaveBeenCalledWith({ kind: 'only', index: 2 })
})

test('seeking a key selects it and scrolls to where it stands', async () => {
  const { table, select, session } = build()
  table.follow('v', 1000)
  Object.assign(session.view, { selection: { single: row(640) } })
  await table.seek('k640')
  expect(select).toHaveBeenCalledWith({ kind: 'key', key: 'k640' })
  expect([table.cursor, table.sought?.index]).toEqual([640, 640])
  Object.assign(session.view, { selection: { single: null } })
  await table.seek('gone')
  expect(table.sought?.index).toBe(640)
})

test('the cursor never leaves the rows', async () => {
  const { table } = build(5)
  table.follow('v', 5)
  await table.go(99, 'move')
  expect(table.cursor).toBe(4)
  table.follow('v', 2)
  expect(table.cursor).toBe(1)
})

test('drawn rows change as the backend will say', () => {
  const on = row(3, { selected: true })
  expect(selectedAfter(on, { kind: 'only', index: 2 })).toBe(false)
  expect(selectedAfter(on, { kind: 'toggle', index: 3 })).toBe(false)
  expect(selectedAfter(on, { kind: 'range', from: 9, to: 5, additive: true })).toBe(true)
  expect(selectedAfter(on, { kind: 'range', from: 9, to: 5, additive: false })).toBe(false)
  expect(selectedAfter(row(7), { kind: 'range', from: 9, to: 5, additive: false })).toBe(true)
})

test('the keyboard map of the table', () => {
  const press = (key: string, more: KeyboardEventInit = {}) =>
    tableAction(new KeyboardEvent('keydown', { key, ...more }), 5, 100, 20)
  expect(press('ArrowDown')).toEqual({ kind: 'go', index: 6, extend: 'only' })
  expect(press('ArrowUp', { shiftKey: true })).toEqual({ kind: 'go', index: 4, extend: 'range' })
  expect(press('ArrowDown', { ctrlKey: true })).toEqual({ kind: 'go', index: 6, extend: 'move' })
  expect(press('PageUp')).toEqual({ kind: 'go', index: 0, extend: 'only' })
  expect(press('End', { shiftKey: true })).toEqual({ kind: 'go', index: 99, extend: 'range' })
  expect(press(' ', { ctrlKey: true })).toEqual({ kind: 'go', index: 5, extend: 'toggle' })
  expect(press('Enter')).toEqual({ kind: 'open' })
  expect(press('Escape')).toEqual({ kind: 'none' })
  expect(press('ArrowUp', { altKey: true })).toBeNull()
  expect(press('a')).toBeNull()
  expect(clickExtend(new MouseEvent('click', { ctrlKey: true }))).toBe('toggle')
})
