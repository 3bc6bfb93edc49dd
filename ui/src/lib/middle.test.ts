import { expect, test } from 'vitest'
import { splitForMiddle } from './middle'

test('a short name is left whole', () => {
  expect(splitForMiddle('hello.txt')).toEqual({ head: 'hello.txt', tail: '' })
})

test('a long name keeps its end, and both halves make the name again', () => {
  const name = 'harbour-panorama_stitched_full-resolution_16bit_prophoto_final (2).tif'
  const { head, tail } = splitForMiddle(name)
  expect(tail).toBe('_final (2).tif')
  expect(head + tail).toBe(name)
})

test('an emoji is never torn', () => {
  const name = 'x'.repeat(40) + '🎉'.repeat(20)
  const { head, tail } = splitForMiddle(name)
  expect([...tail]).toHaveLength(14)
  expect(head + tail).toBe(name)
})
