import { expect, test } from 'vitest'
import { Lasso } from './lasso.svelte'

/** A list of rows 28 px high, 280 px of them in view. */
function build(rows = 100) {
  const state = { top: 0 }
  const lasso = new Lasso({
    top: () => state.top,
    height: () => 280,
    rows: () => rows,
    rowHeight: () => 28,
    scrollBy: (distance) => (state.top = Math.min(Math.max(0, state.top + distance), Math.max(0, rows * 28 - 280))),
  })
  return { lasso, state }
}

test('it selects the rows it touches, growing and shrinking', () => {
  const { lasso } = build()
  lasso.press(200, 30, false)
  lasso.move(260, 100)
  expect(lasso.rows).toEqual({ from: 1, to: 3 })
  lasso.move(260, 60)
  expect(lasso.rows).toEqual({ from: 1, to: 2 })
  expect([0, 1, 2, 3].map((index) => lasso.mark(index, () => true))).toEqual(['', 'first', 'last', ''])
  expect(lasso.release()).toEqual({ from: 1, to: 2 })
  expect(lasso.box).toBeNull()
})

test('a press that hardly moves is a click', () => {
  const { lasso } = build()
  lasso.press(200, 30, false)
  expect(lasso.move(201, 31)).toBe(false)
  expect(lasso.mark(7, (index) => index === 7)).toBe('only')
  expect(lasso.release()).toBeNull()
})

test('with Ctrl it adds to what is selected', () => {
  const { lasso } = build()
  lasso.press(10, 0, true)
  lasso.move(40, 20)
  expect(lasso.mark(50, (index) => index === 50)).toBe('only')
  expect(lasso.mark(1, (index) => index === 1)).toBe('last')
  expect(lasso.mark(50, () => false)).toBe('')
})

test('below the last row it touches nothing until it goes up, and then runs from there', () => {
  const { lasso } = build(3)
  lasso.press(10, 200, false)
  lasso.move(40, 240)
  expect([lasso.active, lasso.rows]).toEqual([true, null])
  lasso.move(40, 30)
  expect(lasso.release()).toEqual({ from: 2, to: 1 })
})

test('at an edge the list scrolls and the lasso stays where it began', () => {
  const { lasso, state } = build()
  lasso.press(10, 14, false)
  lasso.move(40, 320)
  for (let frame = 0; frame < 20; frame += 1) lasso.frame()
  expect(state.top).toBe(200)
  expect(lasso.rows).toEqual({ from: 0, to: 18 })
  expect(lasso.box).toMatchObject({ top: 0, height: 280 })
  lasso.move(40, 100)
  lasso.frame()
  expect(state.top).toBe(200)
})

test('Esc breaks it off', () => {
  const { lasso } = build()
  lasso.press(10, 14, false)
  lasso.move(40, 320)
  lasso.cancel()
  expect([lasso.active, lasso.move(50, 60), lasso.release()]).toEqual([false, false, null])
})
