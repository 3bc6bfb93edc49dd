import { expect, test } from 'vitest'
import { Layout, readLayout } from './layout.svelte'

test('a layout that was saved comes back', () => {
  const layout = new Layout(readLayout(null))
  layout.sidebar = 333
  layout.tab = 'transfers'
  layout.zoom = 125
  layout.setFlat('a', 'photos', true)
  const saved = layout.save('a', { bucket: 'photos', prefix: '2026/' })
  const again = readLayout(JSON.stringify(saved))
  expect(again).toEqual(saved)
  expect(new Layout(again).isFlat('a', 'photos')).toBe(true)
})

test('a broken layout falls back field by field', () => {
  expect(readLayout('not json').sidebar).toBe(300)
  const found = readLayout('{"sidebar":99999,"tab":"gone","sort":{"column":"colour"},"place":7,"dock":200}')
  expect(found).toMatchObject({ sidebar: 440, tab: 'permissions', sort: { column: 'name' }, place: null, dock: 200 })
  expect(readLayout('null').dock).toBe(272)
})
