import { expect, test } from 'vitest'
import { roving } from './roving'

function build() {
  const bar = document.createElement('div')
  const buttons = ['a', 'b', 'c'].map((name) => {
    const button = bar.appendChild(document.createElement('button'))
    button.id = name
    return button
  })
  document.body.replaceChildren(bar)
  const press = (key: string) =>
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  return {
    bar,
    buttons,
    press,
    here: () => document.activeElement?.id,
    stops: () => buttons.map((one) => one.tabIndex),
  }
}

test('only one button is a tab stop, and it is the one that was left', () => {
  const { bar, buttons, press, here, stops } = build()
  roving(bar)
  expect(stops()).toEqual([0, -1, -1])
  buttons[0]?.focus()
  press('ArrowRight')
  expect([here(), stops()]).toEqual(['b', [-1, 0, -1]])
  press('End')
  press('ArrowRight')
  expect(here()).toBe('c')
  press('Home')
  press('ArrowLeft')
  expect(here()).toBe('a')
})

test('a button that can’t be pressed is passed over', () => {
  const { bar, buttons, press, here } = build()
  for (const button of buttons.slice(1, 2)) button.disabled = true
  roving(bar)
  buttons[0]?.focus()
  press('ArrowRight')
  expect(here()).toBe('c')
})
