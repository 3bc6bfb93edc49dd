import { expect, test } from 'vitest'
import { History } from './history.svelte'

const fresh = () => new History<string>((a, b) => a === b)

test('back and forward walk the places in order', () => {
  const history = fresh()
  for (const place of ['a', 'b', 'c']) history.visit(place)
  expect(history.back()).toBe('b')
  expect(history.back()).toBe('a')
  expect(history.back()).toBeNull()
  expect(history.forward()).toBe('b')
  expect(history.canGoForward).toBe(true)
})

test('visiting after going back drops what lay ahead', () => {
  const history = fresh()
  for (const place of ['a', 'b', 'c']) history.visit(place)
  history.back()
  history.visit('d')
  expect(history.canGoForward).toBe(false)
  expect(history.back()).toBe('b')
})

test('the same place twice is one place', () => {
  const history = fresh()
  history.visit('a')
  history.visit('a')
  expect(history.canGoBack).toBe(false)
})

test('a deleted place is forgotten wherever it stands', () => {
  const history = fresh()
  for (const place of ['a', 'x', 'b', 'x', 'c']) history.visit(place)
  history.back()
  history.forget((place) => place === 'x')
  expect(history.current).toBe('b')
  expect(history.forward()).toBe('c')
  expect(history.forward()).toBeNull()
})
