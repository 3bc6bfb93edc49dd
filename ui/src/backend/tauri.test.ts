import { afterEach, expect, test, vi } from 'vitest'
import { tauriBackend } from './tauri'

afterEach(() => void Reflect.deleteProperty(window, '__TAURI_INTERNALS__'))

/** Stands where the desktop app stands: hears commands and answers on their channels. */
function desktop(answer: (command: string, given: Record<string, unknown>) => unknown) {
  const heard: string[] = []
  const invoke = async (command: string, given: Record<string, unknown>) => {
    heard.push(command)
    return answer(command, given)
  }
  Object.assign(window, { __TAURI_INTERNALS__: { invoke, transformCallback: () => 1 } })
  return heard
}

test('a command goes by its name with its arguments and gives its answer', async () => {
  const given: unknown[] = []
  desktop((command, sent) => {
    given.push(command, sent)
    return 7
  })
  expect(await tauriBackend.deleteObjects('t1', null)).toBe(7)
  expect(given).toEqual(['delete_objects', { token: 't1', typedName: null }])
})

test('a rejected command carries the error as it was sent', async () => {
  const error = { code: 'accessDenied', message: 'no', hint: null, retryable: false, details: {} }
  desktop(() => Promise.reject(error))
  await expect(tauriBackend.listBuckets('a')).rejects.toBe(error)
})

test('a stream ends when it is stopped, and says so', async () => {
  let send: (message: unknown) => void = () => undefined
  const heard = desktop((command, given) => {
    if (command !== 'watch_events') return null
    send = (message) => (given.events as { onmessage: (message: unknown) => void }).onmessage(message)
    return 3
  })
  const events = vi.fn()
  const stop = await tauriBackend.watchEvents(events)
  send([{ sequence: 1 }])
  expect(events).toHaveBeenCalledWith([{ sequence: 1 }])
  stop()
  send([{ sequence: 2 }])
  expect(events).toHaveBeenCalledTimes(1)
  expect(heard).toEqual(['watch_events', 'unwatch'])
})
