import { expect, test, vi } from 'vitest'
import { copyUrl } from './actions'
import type { Shell } from './shell.svelte'

async function copied(access: string | null, proof: string | null) {
  const show = vi.fn()
  const open = vi.fn()
  const session = {
    attempt: (work: () => Promise<void>) => void work(),
    accountId: 'a',
    account: { signature: 'v4', scheme: 'https', projectId: null },
    view: { id: 'v', selected: 1, selection: { id: 's', single: { key: 'hello.txt' }, objects: 1, folders: 0 } },
    backend: {
      makeLinks: () => Promise.resolve({ links: [{ url: 'https://h/b/hello.txt' }], access, proof }),
      copyText: () => Promise.resolve(),
    },
    toasts: { show },
    dialogs: { open },
  }
  copyUrl({ session } as unknown as Shell)
  await vi.waitFor(() => expect(show).toHaveBeenCalledOnce())
  return { toast: show.mock.calls[0]?.[0], open }
}

test('a link that works is copied, and that is all', async () => {
  const { toast } = await copied('public', 'Checked with an unsigned request')
  expect(toast).toMatchObject({ text: 'Link copied', tone: 'ok', action: null })
})

test('a link to something private is not praised, and Get link is offered', async () => {
  const { toast, open } = await copied('private', 'A stranger is answered 403 Forbidden')
  expect(toast.text).toBe('Link copied, but it does not work: A stranger is answered 403 Forbidden')
  expect(toast.tone).toBe('plain')
  toast.action.run()
  expect(open).toHaveBeenCalledWith(expect.objectContaining({ kind: 'getLink', label: 'hello.txt' }))
})

test('a link that could not be tried says so', async () => {
  const { toast } = await copied('unknown', 'Not checked: no answer')
  expect(toast).toMatchObject({ text: 'Link copied. Not checked: no answer', tone: 'plain' })
})
