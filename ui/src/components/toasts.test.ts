import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Toasts, toastTime } from './toasts.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a toast goes by itself', () => {
  const toasts = new Toasts()
  toasts.show({ text: 'Bucket created' })
  vi.advanceTimersByTime(toastTime - 1)
  expect(toasts.items).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(toasts.items).toHaveLength(0)
})

test('a toast that is looked at stays until it is left', () => {
  const toasts = new Toasts()
  const id = toasts.show({ text: 'Upload started' })
  toasts.pause(id)
  vi.advanceTimersByTime(toastTime * 3)
  expect(toasts.items).toHaveLength(1)
  toasts.resume(id)
  vi.advanceTimersByTime(toastTime)
  expect(toasts.items).toHaveLength(0)
})

test('no more than three are shown, the oldest goes', () => {
  const toasts = new Toasts()
  for (const text of ['a', 'b', 'c', 'd']) toasts.show({ text })
  expect(toasts.items.map((toast) => toast.text)).toEqual(['b', 'c', 'd'])
})
