import { beforeEach, expect, test, vi } from 'vitest'
import { followInput } from '$lib/focus'
import { focusSheet } from './dialogFocus'

followInput()
const sheet = document.createElement('form')
document.body.append(sheet)

beforeEach(() => {
  sheet.replaceChildren()
  dispatchEvent(new KeyboardEvent('keydown', { key: 'Delete' }))
})

function add(tag: 'input' | 'button', more: Record<string, string> = {}, into: HTMLElement = sheet) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(more)) element.setAttribute(name, value)
  into.append(element)
  return element
}

test('a destructive sheet opened by a key shows the ring on its safe button', () => {
  add('button')
  const footer = sheet.appendChild(document.createElement('footer'))
  const cancel = add('button', { 'data-autofocus': '' }, footer)
  add('button', {}, footer)
  const focus = vi.spyOn(cancel, 'focus')
  focusSheet(sheet)
  expect(focus).toHaveBeenCalledWith({ focusVisible: true })
  expect(document.activeElement).toBe(cancel)
})

test('else the first empty field, else the first button of the footer', () => {
  const footer = sheet.appendChild(document.createElement('footer'))
  add('button', { disabled: '' }, footer)
  const safe = add('button', {}, footer)
  focusSheet(sheet)
  expect(document.activeElement).toBe(safe)
  add('input', { value: 'typed' })
  const empty = add('input')
  focusSheet(sheet)
  expect(document.activeElement).toBe(empty)
})
