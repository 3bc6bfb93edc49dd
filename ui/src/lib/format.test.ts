import { expect, test } from 'vitest'
import { formatDate, formatDuration, formatMilliseconds, formatNumber, formatSize, plural } from './format'

test('sizes have three significant digits and decimal units', () => {
  expect([0, 12, 999, 1000, 2140, 38_200_000, 812_000_000, 2_060_000_000].map(formatSize)).toEqual([
    '0 B',
    '12 B',
    '999 B',
    '1.00 KB',
    '2.14 KB',
    '38.2 MB',
    '812 MB',
    '2.06 GB',
  ])
})

test('a size that rounds up moves to the next unit', () => {
  expect(formatSize(999_600)).toBe('1.00 MB')
  expect(formatSize(9_996)).toBe('10.0 KB')
  expect(formatSize(99_960)).toBe('100 KB')
})

test('thousands are parted by a thin space', () => {
  expect(formatNumber(1204)).toBe('1\u2009204')
  expect(formatNumber(1_000_000)).toBe('1\u2009000\u2009000')
  expect(plural(1, 'object')).toBe('1 object')
  expect(plural(1204, 'object')).toBe('1\u2009204 objects')
})

test('dates are local and need no locale data', () => {
  expect(formatDate(new Date(2026, 8, 8, 10, 2).getTime())).toBe('8 Sep 2026, 10:02')
})

test('durations are rounded to what a person reads', () => {
  expect([0.2, 45, 420, 7500, 7200, 300_000].map(formatDuration)).toEqual([
    '1 s',
    '45 s',
    '7 min',
    '2 h 5 min',
    '2 h',
    '3 days',
  ])
  expect(formatMilliseconds(84.3)).toBe('84 ms')
  expect(formatMilliseconds(1234)).toBe('1.2 s')
})
