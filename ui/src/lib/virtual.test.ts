import { expect, test } from 'vitest'
import { VirtualWindow, tallestElement } from './virtual'

test('a short list scrolls one to one', () => {
  const view = new VirtualWindow(1000, 28, 280)
  expect(view.scaled).toBe(false)
  expect(view.offsetOf(560)).toBe(560)
  expect(view.scrollOf(560)).toBe(560)
  expect(view.rows(560, 2)).toEqual({ start: 18, end: 32 })
})

test('a list of ten million rows never asks for a taller element than exists', () => {
  const view = new VirtualWindow(10_000_000, 28, 600)
  expect(view.spaceHeight).toBe(tallestElement)
  expect(view.offsetOf(tallestElement - 600)).toBe(280_000_000 - 600)
  expect(view.rows(view.offsetOf(tallestElement - 600), 0).end).toBe(10_000_000)
})

test('every row of a scaled list can be reached', () => {
  const view = new VirtualWindow(10_000_000, 28, 600)
  for (const index of [0, 1, 4_999_999, 9_999_998, 9_999_999]) {
    const offset = view.reveal(index, 140_000_000)
    const { start, end } = view.rows(offset, 0)
    expect(index).toBeGreaterThanOrEqual(start)
    expect(index).toBeLessThan(end)
    expect(view.offsetOf(view.scrollOf(offset))).toBeCloseTo(offset, 3)
  }
})

test('revealing a row in view moves nothing', () => {
  const view = new VirtualWindow(1000, 28, 280)
  expect(view.reveal(5, 28)).toBe(28)
  expect(view.reveal(0, 28)).toBe(0)
  expect(view.reveal(20, 28)).toBe(21 * 28 - 280)
})

test('offsets outside the list are clamped', () => {
  const view = new VirtualWindow(3, 28, 280)
  expect(view.clamp(1e12)).toBe(0)
  expect(view.rows(0, 5)).toEqual({ start: 0, end: 3 })
  expect(new VirtualWindow(0, 28, 280).rows(0, 5)).toEqual({ start: 0, end: 0 })
})
