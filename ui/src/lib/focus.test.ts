import { afterEach, expect, test, vi } from 'vitest'
import { focusDrawn, focusShown, followInput } from './focus'

followInput()
const button = document.createElement('button')
document.body.append(button)
afterEach(() => button.blur())

test('after a key the ring is asked for, and drawn where the web view does not know how', () => {
  const focus = vi.spyOn(button, 'focus')
  vi.spyOn(button, 'matches').mockReturnValue(false)
  dispatchEvent(new KeyboardEvent('keydown', { key: 'Delete' }))
  focusShown(button)
  expect(focus).toHaveBeenCalledWith({ focusVisible: true })
  expect(button.classList.contains('is-focus')).toBe(true)
  button.blur()
  expect(button.classList.contains('is-focus')).toBe(false)
})

test('after a click the web view decides', () => {
  const focus = vi.spyOn(button, 'focus')
  dispatchEvent(new Event('pointerdown'))
  focusShown(button)
  expect(focus).toHaveBeenCalledWith(undefined)
  expect(button.classList.contains('is-focus')).toBe(false)
})

const frame = () => new Promise((drawn) => requestAnimationFrame(drawn))

test('the focus is taken at once, and again when a closing menu gave it back elsewhere', async () => {
  const menu = document.createElement('button')
  document.body.append(menu)
  await focusDrawn(() => button)
  expect(document.activeElement).toBe(button)
  menu.focus()
  await frame()
  expect(document.activeElement).toBe(button)
})

test('what a person did since counts more', async () => {
  const field = document.createElement('input')
  document.body.append(field)
  await focusDrawn(() => button)
  dispatchEvent(new KeyboardEvent('keydown', { key: 'g', ctrlKey: true }))
  field.focus()
  await frame()
  expect(document.activeElement).toBe(field)
})
