import { afterEach, expect, test, vi } from 'vitest'
import { followTheme } from './theme'

const drawn = () => document.documentElement.dataset.theme

function system(matches: boolean) {
  const listeners = new Set<() => void>()
  const media = {
    matches,
    addEventListener: (_: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
  }
  vi.stubGlobal('matchMedia', () => media)
  const turn = (dark: boolean) => {
    media.matches = dark
    for (const listener of listeners) listener()
  }
  return { turn, listeners }
}

afterEach(() => vi.unstubAllGlobals())

test('the system’s theme is drawn, and followed until another is chosen', () => {
  const { turn, listeners } = system(true)
  const stop = followTheme('system')
  expect(drawn()).toBe('dark')
  turn(false)
  expect(drawn()).toBe('light')
  stop()
  expect(listeners.size).toBe(0)
})

test('a chosen theme does not care for the system', () => {
  const { turn } = system(false)
  followTheme('dark')
  turn(false)
  expect(drawn()).toBe('dark')
  followTheme('light')
  turn(true)
  expect(drawn()).toBe('light')
})
