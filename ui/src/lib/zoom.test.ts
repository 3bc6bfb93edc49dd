import { expect, test } from 'vitest'
import { readZoom, zoomBy } from './zoom'

test('zoom walks its steps and stays at the ends', () => {
  expect(zoomBy(100, 1)).toBe(110)
  expect(zoomBy(100, -1)).toBe(90)
  expect(zoomBy(200, 1)).toBe(200)
  expect(zoomBy(67, -1)).toBe(67)
})

test('a zoom that is none of ours is the natural one', () => {
  expect(readZoom(150)).toBe(150)
  for (const broken of [0, 1e9, NaN, '150', null, undefined]) expect(readZoom(broken)).toBe(100)
})
