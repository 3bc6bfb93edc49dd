import { beforeEach, expect, test, vi } from 'vitest'
import { createMock } from '$backend/mock'
import { Session } from '$session/session.svelte'
import { PathEdit } from './pathEdit.svelte'
import { ObjectTable } from './table.svelte'

type Place = { bucket: string; prefix: string; key: string | null }

let session: Session
let edit: PathEdit
let table: ObjectTable
let answer: (place: Place) => void

beforeEach(async () => {
  const backend = createMock({ pace: 0, transfers: false })
  session = new Session(backend, await backend.start())
  session.switchAccount('research')
  table = new ObjectTable(session)
  edit = new PathEdit(session, table)
  vi.spyOn(backend, 'readAddress').mockReturnValue(new Promise((resolve) => (answer = resolve)))
})

const readme = { bucket: 'field-photos', prefix: '2026/', key: '2026/readme.md' }
const complete = () => vi.waitFor(() => expect(session.view.status?.state).toBe('complete'), { timeout: 10_000 })

test('a typed address leads to its folder and selects its object', async () => {
  const seek = vi.spyOn(table, 'seek').mockResolvedValue()
  const going = edit.goTo('field-photos/2026/readme.md')
  answer(readme)
  expect(await going).toBe(true)
  expect(session.path).toBe('field-photos/2026')
  await complete()
  await edit.settle()
  expect(seek).toHaveBeenCalledExactlyOnceWith('2026/readme.md')
})

test('an address that was read for another account opens nothing', async () => {
  const other = session.accounts.find(({ id }) => id !== 'research')?.id ?? ''
  const going = edit.goTo('field-photos/2026/readme.md')
  session.switchAccount(other)
  answer(readme)
  expect(await going).toBe(false)
  expect([session.accountId, session.bucket]).toEqual([other, null])
})

test('who went elsewhere meanwhile stays there', async () => {
  const going = edit.goTo('field-photos/2026/readme.md')
  session.go({ bucket: 'press-kit', prefix: '' })
  answer(readme)
  expect(await going).toBe(false)
  expect(session.bucket).toBe('press-kit')
})

test('a key that was wanted in a folder is not looked for in the next one', async () => {
  const seek = vi.spyOn(table, 'seek').mockResolvedValue()
  const going = edit.goTo('field-photos/2026/readme.md')
  answer(readme)
  await going
  session.go({ bucket: 'press-kit', prefix: '' })
  await complete()
  await edit.settle()
  session.go({ bucket: 'field-photos', prefix: '2026/' })
  await complete()
  await edit.settle()
  expect(seek).not.toHaveBeenCalled()
})
