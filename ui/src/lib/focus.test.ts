import { afterEach, expect, test, vi } from 'vitest'
import { focusShown, followInput } from './focus'

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
