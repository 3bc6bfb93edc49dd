import { expect, test } from 'vitest'
import { splitForMiddle } from './middle'

const plain = (text: string) => [{ text, odd: false }]
const text = (parts: { text: string }[]) => parts.map((part) => part.text).join('')

test('a short name is left whole', () => {
  expect(splitForMiddle(plain('hello.txt'))).toEqual({ head: plain('hello.txt'), tail: [] })
})

test('a long name keeps its end, and both halves make the name again', () => {
  const name = 'harbour-panorama_stitched_full-resolution_16bit_prophoto_final (2).tif'
  const { head, tail } = splitForMiddle(plain(name))
  expect(tail).toEqual(plain('_final (2).tif'))
  expect(text(head) + text(tail)).toBe(name)
})

test('an emoji is never torn', () => {
  const name = 'x'.repeat(40) + '🎉'.repeat(20)
  const { head, tail } = splitForMiddle(plain(name))
  expect([...text(tail)]).toHaveLength(14)
  expect(text(head) + text(tail)).toBe(name)
})

test('a marker counts as one character and stays a marker', () => {
  const name = [...plain('a'.repeat(40)), { text: '\\x07', odd: true }, ...plain('b'), { text: '␣', odd: true }]
  const { tail } = splitForMiddle(name, 3)
  expect(tail).toEqual([
    { text: '\\x07', odd: true },
    { text: 'b', odd: false },
    { text: '␣', odd: true },
  ])
})
