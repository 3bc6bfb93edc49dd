import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeEach, expect, test } from 'vitest'
import ObjectName from './ObjectName.svelte'

const hostile = [
  '<img src=x onerror="window.__pwned=1">',
  '"><script>window.__pwned=1</script>',
  '<svg/onload=window.__pwned=1>',
  '{@html "<b>x</b>"}',
  'javascript:window.__pwned=1',
  `${'a'.repeat(60)}<iframe srcdoc="<script>parent.__pwned=1</script>">`,
]
let shown: Record<string, unknown> | null = null

// All test files of a worker share one page, on which others may have left something.
beforeEach(() => document.body.replaceChildren())

afterEach(() => {
  if (shown !== null) void unmount(shown)
  shown = null
})

function show(text: string, odd = false): HTMLElement {
  shown = mount(ObjectName, { target: document.body, props: { name: [{ text, odd }] } })
  flushSync()
  return document.body
}

test.each(hostile)('a hostile name is only ever text: %s', (name) => {
  const body = show(name)
  expect(body.textContent).toBe(name)
  expect([...body.querySelectorAll('*')].every((element) => element.tagName === 'SPAN')).toBe(true)
  expect('__pwned' in window).toBe(false)
})

test('the check above would see an element', () => {
  document.body.append(document.createElement('img'))
  expect([...document.body.querySelectorAll('*')].every((element) => element.tagName === 'SPAN')).toBe(false)
})

test('a name that is nothing but a marker is said quietly, a marker inside a name is shown', () => {
  expect(show('(empty name)', true).querySelector('.faint')?.textContent).toBe('(empty name)')
})
