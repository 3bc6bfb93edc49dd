import { expect, test } from 'vitest'
import { ariaShortcut, matchesShortcut, showShortcut } from './shortcuts'

const press = (key: string, modifiers: Partial<KeyboardEventInit> = {}) =>
  new KeyboardEvent('keydown', { key, ...modifiers })

test('a shortcut matches only with exactly its modifiers', () => {
  expect(matchesShortcut(press('u', { ctrlKey: true }), 'Ctrl+U', 'linux')).toBe(true)
  expect(matchesShortcut(press('U', { ctrlKey: true, shiftKey: true }), 'Ctrl+U', 'linux')).toBe(false)
  expect(matchesShortcut(press('U', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+U', 'linux')).toBe(true)
  expect(matchesShortcut(press('u', { ctrlKey: true, altKey: true }), 'Ctrl+U', 'linux')).toBe(false)
})

test('on a Mac Ctrl means the command key', () => {
  expect(matchesShortcut(press('k', { metaKey: true }), 'Ctrl+K', 'macos')).toBe(true)
  expect(matchesShortcut(press('k', { ctrlKey: true }), 'Ctrl+K', 'macos')).toBe(false)
})

test('a question mark may be typed with Shift', () => {
  expect(matchesShortcut(press('?', { ctrlKey: true, shiftKey: true }), 'Ctrl+?', 'linux')).toBe(true)
})

test('plus and minus are keys like others, with or without Shift', () => {
  expect(matchesShortcut(press('+', { ctrlKey: true, shiftKey: true }), 'Ctrl++', 'linux')).toBe(true)
  expect(matchesShortcut(press('=', { ctrlKey: true }), 'Ctrl++', 'linux')).toBe(true)
  expect(matchesShortcut(press('-', { ctrlKey: true }), 'Ctrl+-', 'linux')).toBe(true)
  expect(matchesShortcut(press('+'), 'Ctrl++', 'linux')).toBe(false)
  expect(showShortcut('Ctrl++', 'linux')).toBe('Ctrl +')
  expect(ariaShortcut('Ctrl++', 'linux')).toBe('Control+Plus')
})

test('shortcuts are shown as the platform writes them', () => {
  expect(showShortcut('Ctrl+Shift+P', 'linux')).toBe('Ctrl Shift P')
  expect(showShortcut('Ctrl+Shift+P', 'macos')).toBe('⇧⌘P')
  expect(showShortcut('Alt+ArrowLeft', 'windows')).toBe('Alt ←')
  expect(ariaShortcut('Ctrl+Shift+P', 'linux')).toBe('Control+Shift+P')
})
