import { describe, expect, test, vi } from 'vitest'
import type { CommandId } from '$session/commands'
import { menus, specs } from './commands'
import type { Shell } from './shell.svelte'
import { CommandTable } from './table'

function shellWith(more: Record<string, unknown> = {}) {
  const session = {
    account: { id: 'a' },
    accountId: 'a',
    bucket: 'photos',
    prefix: '',
    flat: false,
    acting: 'objects',
    canGoBack: false,
    history: { canGoForward: false },
    dialogs: { any: false, open: vi.fn() },
    toasts: { show: vi.fn() },
    view: {
      id: 'v',
      selected: 1,
      selection: { id: 's', objects: 1, folders: 0, single: { key: 'k', kind: 'object' } },
    },
    up: vi.fn(),
    ...more,
  }
  const shell = {
    session,
    buckets: { find: () => null },
    paletteOpen: false,
    transfers: { active: 0, totals: { done: 0, cancelled: 0, failed: 0, paused: 0 } },
  }
  return { session, shell, table: new CommandTable(shell as unknown as Shell, 'linux') }
}

const press = (key: string, more: KeyboardEventInit = {}, on: Element = document.body) => {
  const event = new KeyboardEvent('keydown', { key, cancelable: true, ...more })
  Object.defineProperty(event, 'target', { value: on })
  return event
}

test('every command has its own id, and every menu line exists', () => {
  const ids = specs.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of Object.values(menus).flat()) expect(id === null || ids.includes(id)).toBe(true)
})

test('no key means two things in the same pane, on any platform', () => {
  for (const platform of ['linux', 'macos', 'windows'] as const) {
    const table = new CommandTable({} as Shell, platform)
    const taken = new Map<string, CommandId>()
    for (const spec of specs.filter((one) => table.keys(one) !== null)) {
      for (const pane of spec.pane === undefined ? ['buckets', 'objects'] : [spec.pane]) {
        const place = `${pane} ${table.keys(spec)}`
        expect(taken.get(place), `${platform}: ${place}`).toBeUndefined()
        taken.set(place, spec.id)
      }
    }
  }
})

describe('the keyboard', () => {
  test('Delete deletes what the acting pane has', () => {
    const { session, table } = shellWith()
    table.press(press('Delete'))
    expect(session.dialogs.open).toHaveBeenLastCalledWith({ kind: 'deleteObjects' })
    session.acting = 'buckets'
    table.press(press('Delete'))
    expect(session.dialogs.open).toHaveBeenLastCalledWith({ kind: 'deleteBucket', accountId: 'a', bucket: 'photos' })
  })

  test('in a field Delete edits text, but Ctrl N still opens the sheet', () => {
    const { session, table } = shellWith()
    const field = document.createElement('input')
    table.press(press('Delete', {}, field))
    expect(session.dialogs.open).not.toHaveBeenCalled()
    table.press(press('n', { ctrlKey: true }, field))
    expect(session.dialogs.open).toHaveBeenCalledWith({ kind: 'newText' })
  })

  test('while a sheet is open no key reaches the window', () => {
    const { session, table } = shellWith({ dialogs: { any: true, open: vi.fn() } })
    table.press(press('Delete'))
    expect(session.dialogs.open).not.toHaveBeenCalled()
  })

  test('a command that can’t run says why', () => {
    const { session, table } = shellWith({
      view: { id: 'v', selected: 0, selection: { objects: 0, folders: 0, single: null } },
    })
    expect(table.get('files.getLink').disabled).toBe('Select something first')
    table.press(press('l', { ctrlKey: true }))
    expect(session.toasts.show).toHaveBeenCalledWith(expect.objectContaining({ text: 'Select something first' }))
    expect(session.dialogs.open).not.toHaveBeenCalled()
  })

  test('zooming walks the steps, and says where they end', () => {
    const layout = { zoom: 175 }
    const { session, table } = shellWith({ layout })
    table.press(press('=', { ctrlKey: true }))
    expect(layout.zoom).toBe(200)
    table.press(press('+', { ctrlKey: true, shiftKey: true }))
    expect(session.toasts.show).toHaveBeenCalledWith(expect.objectContaining({ text: 'It does not get larger' }))
    table.press(press('0', { ctrlKey: true }))
    table.press(press('-', { ctrlKey: true }))
    expect(layout.zoom).toBe(90)
  })

  test('Backspace goes up outside fields', () => {
    const { session, table } = shellWith()
    table.press(press('Backspace'))
    expect(session.up).toHaveBeenCalledTimes(1)
    table.press(press('Backspace', {}, document.createElement('textarea')))
    expect(session.up).toHaveBeenCalledTimes(1)
  })
})

test('one key pauses everything, and lets it go on when all is paused', () => {
  const { shell, table } = shellWith({ attempt: (work: () => unknown) => work() })
  const transfers = { active: 2, resumesAll: false, pauseAll: vi.fn(), resumeAll: vi.fn(), totals: { paused: 0 } }
  Object.assign(shell, { transfers })
  const key = () => table.press(press(' ', { ctrlKey: true, shiftKey: true, code: 'Space' }))
  key()
  expect(transfers.pauseAll).toHaveBeenCalledTimes(1)
  Object.assign(transfers, { active: 0, resumesAll: true, totals: { paused: 2 } })
  expect(table.get('transfers.pauseAll').title).toBe('Resume all transfers')
  key()
  expect(transfers.resumeAll).toHaveBeenCalledTimes(1)
})

test('a key moves the transfer that was pointed at, and says why not', () => {
  const { session, shell, table } = shellWith({ attempt: (work: () => unknown) => work() })
  const transfers = { current: 7, move: vi.fn(), whyNotMove: vi.fn(() => null as string | null) }
  Object.assign(shell, { transfers })
  const key = (key: string) => table.press(press(key, { altKey: true, shiftKey: true }))
  key('ArrowUp')
  key('End')
  expect(transfers.move.mock.calls).toEqual([
    [7, 'up'],
    [7, 'bottom'],
  ])
  transfers.whyNotMove.mockReturnValue('It is the next one already')
  key('Home')
  expect(transfers.move).toHaveBeenCalledTimes(2)
  expect(session.toasts.show).toHaveBeenCalledWith(expect.objectContaining({ text: 'It is the next one already' }))
})
