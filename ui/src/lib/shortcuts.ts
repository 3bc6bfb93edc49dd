// One way to write a shortcut, match it and show it. `Ctrl+Shift+P` is written as on Windows and Linux; on macOS
// Ctrl becomes ⌘ unless a command gives its own spelling with `Cmd`.

export type Platform = 'linux' | 'macos' | 'windows'

const shownKeys: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Delete: 'Del',
  Escape: 'Esc',
  ' ': 'Space',
  '-': '−',
}
const macModifiers: Record<string, string> = { Ctrl: '⌘', Cmd: '⌘', Control: '⌃', Alt: '⌥', Shift: '⇧' }
const macKeys: Record<string, string> = { Delete: '⌫', Backspace: '⌫', Escape: '⎋' }

type Parsed = { ctrl: boolean; meta: boolean; alt: boolean; shift: boolean; key: string }

/** `Ctrl+Shift+P` → `Ctrl`, `Shift`, `P`; the last part may be the plus itself. */
const partsOf = (shortcut: string): string[] => shortcut.split(/\+(?=.)/)

function parse(shortcut: string, platform: Platform): Parsed {
  const parts = partsOf(shortcut)
  const modifiers = new Set(parts.slice(0, -1))
  const mac = platform === 'macos'
  return {
    ctrl: modifiers.has('Control') || (!mac && modifiers.has('Ctrl')),
    meta: modifiers.has('Cmd') || (mac && modifiers.has('Ctrl')),
    alt: modifiers.has('Alt'),
    shift: modifiers.has('Shift'),
    key: parts.at(-1) ?? '',
  }
}

/** Whether the event is exactly this shortcut: no modifier more, none less. `?` may need Shift to be typed. */
export function matchesShortcut(event: KeyboardEvent, shortcut: string, platform: Platform): boolean {
  const wanted = parse(shortcut, platform)
  if (event.ctrlKey !== wanted.ctrl || event.metaKey !== wanted.meta || event.altKey !== wanted.alt) return false
  const symbol = wanted.key.length === 1 && !/[a-z0-9 ]/i.test(wanted.key)
  if (!symbol && event.shiftKey !== wanted.shift) return false
  if (event.key.toLowerCase() === wanted.key.toLowerCase()) return true
  // Where plus needs Shift, its key without Shift is meant as well.
  if (wanted.key === '+' && event.key === '=') return true
  // With Alt or Shift held some layouts type another character; the physical digit or letter still counts.
  return event.code === `Digit${wanted.key}` || event.code === `Key${wanted.key.toUpperCase()}`
}

/** `Ctrl Shift P` or `⇧⌘P`. */
export function showShortcut(shortcut: string, platform: Platform): string {
  const parts = partsOf(shortcut)
  const key = parts.pop() ?? ''
  if (platform !== 'macos') return [...parts, shownKeys[key] ?? key].join(' ')
  const order = ['Control', 'Alt', 'Shift', 'Ctrl', 'Cmd']
  const modifiers = order.filter((name) => parts.includes(name)).map((name) => macModifiers[name] ?? '')
  return modifiers.join('') + (macKeys[key] ?? shownKeys[key] ?? key)
}

/** The value of `aria-keyshortcuts`. */
export function ariaShortcut(shortcut: string, platform: Platform): string {
  const ctrl = platform === 'macos' ? 'Meta' : 'Control'
  return shortcut
    .replace(/\+\+$/, '+Plus')
    .replace(/ $/, 'Space')
    .replace(/^Ctrl\+/, `${ctrl}+`)
    .replace(/^Cmd\+/, 'Meta+')
}
