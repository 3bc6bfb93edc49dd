import { expect, test } from 'vitest'
import { Typeahead, typingPause } from './typeahead'

const key = (key: string, ctrlKey = false) => new KeyboardEvent('keydown', { key, ctrlKey })

test('letters typed at once are one word, after a pause a new one', () => {
  let now = 1000
  const typing = new Typeahead(() => now)
  expect(typing.take(key('i'))).toBe('i')
  expect(typing.take(key('m'))).toBe('im')
  now += typingPause + 1
  expect(typing.take(key('b'))).toBe('b')
  expect(typing.take(key('b'))).toBe('b')
})

test('a space starts no word but may stand in one', () => {
  const typing = new Typeahead(() => 1000)
  expect(typing.take(key(' '))).toBeNull()
  typing.take(key('a'))
  expect(typing.take(key(' '))).toBe('a ')
})

test('shortcuts are not typing', () => {
  const typing = new Typeahead(() => 1000)
  expect(typing.take(key('a', true))).toBeNull()
  expect(typing.take(key('Enter'))).toBeNull()
})
