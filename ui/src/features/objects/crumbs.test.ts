import { expect, test } from 'vitest'
import { crumbsOf, foldCrumbs } from './crumbs'

test('a path has a part for each segment, empty ones too', () => {
  expect(crumbsOf('')).toEqual([])
  expect(crumbsOf('2026/harbour/')).toEqual([
    { name: '2026', prefix: '2026/' },
    { name: 'harbour', prefix: '2026/harbour/' },
  ])
  expect(crumbsOf('a//')).toEqual([
    { name: 'a', prefix: 'a/' },
    { name: '', prefix: 'a//' },
  ])
})

test('middle parts give way first, the current folder always stays', () => {
  const crumbs = crumbsOf('one/two/three/four/')
  expect(foldCrumbs(crumbs, 1000).hidden).toEqual([])
  const { hidden, shown } = foldCrumbs(crumbs, 160)
  expect(hidden.map(({ name }) => name)).toEqual(['one', 'two'])
  expect(shown.map(({ name }) => name)).toEqual(['three', 'four'])
  expect(foldCrumbs(crumbs, 0).shown.map(({ name }) => name)).toEqual(['four'])
})
