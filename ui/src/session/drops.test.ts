import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Drops, springTime } from './drops.svelte'
import type { Session } from './session.svelte'

const session = () =>
  ({
    accountId: 'a',
    bucket: 'photos',
    prefix: '2026/',
    layout: { zoom: 100 },
    dialogs: { any: false, open: vi.fn() },
    go: vi.fn(),
  }) as unknown as Session

const page = document.createElement('div')
page.insertAdjacentHTML(
  'beforeend',
  `
  <ul><li data-drop-bucket="logs"><b id="bucket"></b></li></ul>
  <nav><button id="crumb" data-drop-prefix=""></button></nav>
  <main data-drop="objects"><div data-drop-prefix="2026/raw/"><i id="folder"></i></div><i id="file"></i></main>
  <footer id="outside"></footer>`,
)

const at = (id: string) => () => page.querySelector(`#${id}`)
const over = { kind: 'over', x: 1, y: 1, files: 7 } as const

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what lies under the pointer decides where files go', () => {
  const cases: Record<string, [string, string, string] | null> = {
    file: ['objects', 'photos', '2026/'],
    folder: ['prefix', 'photos', '2026/raw/'],
    crumb: ['prefix', 'photos', ''],
    bucket: ['bucket', 'logs', ''],
    outside: null,
  }
  for (const [id, wanted] of Object.entries(cases)) {
    const drops = new Drops(session(), at(id))
    drops.take(over)
    const found = drops.over === null ? null : [drops.over.zone, drops.over.target.bucket, drops.over.target.prefix]
    expect(found, id).toEqual(wanted)
  }
})

test('a drop asks for an upload there, and the ring goes', () => {
  const here = session()
  const drops = new Drops(here, at('folder'))
  drops.take(over)
  drops.take({ kind: 'drop', x: 1, y: 1, sourceId: 's1', files: 7 })
  expect(drops.over).toBeNull()
  expect(here.dialogs.open).toHaveBeenCalledWith({
    kind: 'upload',
    sourceId: 's1',
    target: { accountId: 'a', bucket: 'photos', prefix: '2026/raw/' },
    from: 'drop',
  })
})

test('in a zoomed window a place is found where it is drawn', () => {
  const here = session()
  here.layout.zoom = 200
  const asked = vi.fn(() => null)
  new Drops(here, asked).take({ kind: 'over', x: 300, y: 80, files: 1 })
  expect(asked).toHaveBeenCalledWith(150, 40)
})

test('Shift held while dropping asks for the sheet, this once', () => {
  const here = session()
  const drops = new Drops(here, at('file'))
  const drop = { kind: 'drop', x: 1, y: 1, sourceId: 's1', files: 1 } as const
  drops.held = true
  drops.take(over)
  drops.take(drop)
  expect(here.dialogs.open).toHaveBeenLastCalledWith(expect.objectContaining({ from: 'heldDrop' }))
  drops.take(drop)
  expect(here.dialogs.open).toHaveBeenLastCalledWith(expect.objectContaining({ from: 'drop' }))
})

test('a drop outside any place is let go', () => {
  const here = session()
  new Drops(here, at('outside')).take({ kind: 'drop', x: 1, y: 1, sourceId: 's1', files: 1 })
  expect(here.dialogs.open).not.toHaveBeenCalled()
})

test('a folder opens when the pointer rests on it, not when it passes', () => {
  const here = session()
  let id = 'folder'
  const drops = new Drops(here, () => page.querySelector(`#${id}`))
  drops.take(over)
  vi.advanceTimersByTime(springTime - 1)
  id = 'file'
  drops.take(over)
  vi.advanceTimersByTime(springTime)
  expect(here.go).not.toHaveBeenCalled()
  id = 'folder'
  drops.take(over)
  vi.advanceTimersByTime(springTime / 2)
  drops.take(over)
  vi.advanceTimersByTime(springTime / 2)
  expect(here.go).toHaveBeenCalledWith({ bucket: 'photos', prefix: '2026/raw/' })
})
