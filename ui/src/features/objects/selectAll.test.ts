import { expect, test, vi } from 'vitest'
import { SelectAll } from './selectAll.svelte'

function build() {
  const select = vi.fn(() => Promise.resolve())
  const gaveUp = vi.fn()
  return { all: new SelectAll(select, gaveUp), select, gaveUp }
}

test('a finished listing is selected without a question', async () => {
  const { all, select } = build()
  await all.ask('v', 'complete')
  expect([all.question, select.mock.calls.length]).toEqual(['none', 1])
})

test('a running listing asks; taking what was listed answers at once', async () => {
  const { all, select } = build()
  await all.ask('v', 'listing')
  await all.follow('v', 'listing')
  expect([all.question, select.mock.calls.length]).toEqual(['asking', 0])
  await all.takeListed()
  expect([all.question, select.mock.calls.length]).toEqual(['none', 1])
})

test('who waits gets all rows when the listing ends, once', async () => {
  const { all, select } = build()
  await all.ask('v', 'listing')
  all.wait()
  await all.follow('v', 'listing')
  expect(select).not.toHaveBeenCalled()
  await all.follow('v', 'complete')
  await all.follow('v', 'complete')
  expect([all.question, select.mock.calls.length]).toEqual(['none', 1])
})

test('a question nobody answered is answered by the end of the listing', async () => {
  const { all, select } = build()
  await all.ask('v', 'listing')
  await all.follow('v', 'stopped')
  expect([all.question, select.mock.calls.length]).toEqual(['none', 1])
})

test('a listing that was cut short never was all: nothing is selected and it is said', async () => {
  const { all, select, gaveUp } = build()
  await all.ask('v', 'listing')
  all.wait()
  await all.follow('v', 'failed')
  expect([all.question, select.mock.calls.length, gaveUp.mock.calls.length]).toEqual(['none', 0, 1])
})

test('going elsewhere drops the question', async () => {
  const { all, select } = build()
  await all.ask('v', 'listing')
  all.wait()
  await all.follow(null, 'listing')
  await all.follow('w', 'complete')
  expect([all.question, select.mock.calls.length]).toEqual(['none', 0])
})
