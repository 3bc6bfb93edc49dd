import { expect, test } from 'vitest'
import { Columns, readColumns } from '$session/columns.svelte'
import { HeadDrag } from './headDrag.svelte'

const boxes = [
  { id: 'name', left: 0, width: 300 },
  { id: 'size', left: 300, width: 80 },
  { id: 'type', left: 380, width: 100 },
  { id: 'lastModified', left: 480, width: 140 },
] as const

function build() {
  const columns = new Columns(readColumns(null))
  return { columns, drag: new HeadDrag(columns), order: () => columns.all.map(({ id }) => id).slice(0, 4) }
}

test('a head dragged over the left half of another stands before it', () => {
  const { drag, order } = build()
  drag.press('lastModified', 500)
  drag.move(330, [...boxes])
  expect([drag.moving, drag.before]).toEqual(['lastModified', 'size'])
  drag.release()
  expect(order()).toEqual(['name', 'lastModified', 'size', 'type'])
  expect([drag.takeClick(), drag.takeClick()]).toEqual([true, false])
})

test('past the last half it goes to the end', () => {
  const { columns, drag } = build()
  drag.press('size', 310)
  drag.move(900, [...boxes])
  drag.release()
  expect(columns.all.at(-1)?.id).toBe('size')
})

test('a press that hardly moves is a click, and the name stays', () => {
  const { drag, order } = build()
  drag.press('size', 310)
  drag.move(313, [...boxes])
  drag.release()
  expect([drag.moving, drag.takeClick()]).toEqual([null, false])
  drag.press('name', 10)
  drag.move(400, [...boxes])
  drag.release()
  expect(order()).toEqual(['name', 'size', 'type', 'lastModified'])
})

test('a drag that is broken off moves nothing', () => {
  const { drag, order } = build()
  drag.press('size', 310)
  drag.move(900, [...boxes])
  drag.cancel()
  drag.release()
  expect(order()).toEqual(['name', 'size', 'type', 'lastModified'])
})
