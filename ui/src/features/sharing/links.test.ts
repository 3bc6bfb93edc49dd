import { describe, expect, it, vi } from 'vitest'
import type { Target } from '$backend/bindings'
import { createMock } from '$backend/mock'
import { codeTokens, type LinkAccount, Links, localFields, zoneOffset } from './links.svelte'

const account: LinkAccount = {
  accountId: 'research',
  scheme: 'https',
  projectId: '3f9c2a7d4be04d1f8a6e5b90c2d17c1b',
  signature: 'v4',
}
const now = new Date('2026-11-22T12:04:31').getTime()

async function links(bucket = 'invoices-2026', index = 0, more: Partial<LinkAccount> = {}) {
  const backend = createMock({ pace: 0, transfers: false })
  const sort = { column: 'name', direction: 'ascending' } as const
  let complete = false
  const request = { accountId: 'research', bucket, prefix: '', mode: 'flat', sort } as const
  const viewId = await backend.openView(request, (status) => (complete = status.state === 'complete'))
  await vi.waitFor(() => expect(complete).toBe(true), { timeout: 10_000 })
  const selection = await backend.select(viewId, { kind: 'only', index })
  const target: Target = { kind: 'selection', viewId, selectionId: selection.id }
  return { backend, links: new Links(backend, target, { ...account, ...more }, () => now) }
}

describe('links', () => {
  it('starts with an expiring link of one hour that begins with the Project ID', async () => {
    const { links: made } = await links()
    await made.open()
    expect(made.kind).toBe('expiring')
    expect(made.access).toBe('private')
    expect(made.seconds).toBe(3_600)
    expect(made.urls[0]).toContain(`/${account.projectId}%3Ainvoices-2026/`)
    expect([made.day, made.time]).toEqual(['2026-11-22', '13:04:31'])
  })

  it('starts with the public link where the object is public', async () => {
    const { links: made } = await links('press-kit')
    await made.open()
    expect(made.kind).toBe('public')
    expect(made.set?.access).toBe('public')
    expect(made.urls[0]).not.toContain('?')
    expect(made.urls[0]).toContain(`${account.projectId}:press-kit`)
  })

  it('keeps what was chosen while the public link was tried', async () => {
    const { backend, links: made } = await links('press-kit')
    const real = backend.makeLinks.bind(backend)
    let answer: () => void = () => undefined
    vi.spyOn(backend, 'makeLinks').mockImplementationOnce(async (request) => {
      await new Promise<void>((resolve) => (answer = resolve))
      return real(request)
    })
    const opening = made.open()
    await vi.waitFor(() => expect(made.set).not.toBeNull())
    await made.choosePreset('86400')
    answer()
    await opening
    expect(made.kind).toBe('expiring')
    expect(made.access).toBe('public')
  })

  it('says of a private object’s public link that a stranger is refused', async () => {
    const { links: made } = await links()
    await made.chooseKind('public')
    expect(made.set?.access).toBe('private')
    expect(made.set?.proof).toContain('403')
  })

  it('starts with the account’s signature', async () => {
    const { links: made } = await links('invoices-2026', 0, { signature: 'v2' })
    await made.open()
    expect(made.urls[0]).toContain('&AWSAccessKeyId=')
  })

  it('brings the notes of expiring links, too', async () => {
    const { links: made } = await links()
    await made.open()
    await made.chooseScheme('http')
    expect(made.set?.notes).toHaveLength(2)
    expect(made.set?.notes[0]).toContain('Not encrypted')
  })

  it('makes no V4 link beyond seven days, but a V2 one', async () => {
    const { links: made } = await links()
    await made.open()
    await made.chooseEnd('2026-12-22', '12:00:00')
    expect(made.problem).toBe('tooLong')
    expect(made.set).toBeNull()
    await made.chooseStyle('v2')
    expect(made.problem).toBeNull()
    expect(made.urls[0]).toMatch(/\?Signature=.*&Expires=\d+&AWSAccessKeyId=/)
  })

  it('refuses an end that has passed or is no time', async () => {
    const { links: made } = await links()
    await made.open()
    await made.chooseEnd('2026-11-22', '12:00:00')
    expect(made.problem).toBe('past')
    await made.chooseEnd('', '12:00')
    expect(made.problem).toBe('unreadable')
  })

  it('follows the scheme, and the Project ID can be left out', async () => {
    const { links: made } = await links()
    await made.open()
    await made.chooseScheme('http')
    await made.chooseProjectId(false)
    expect(made.urls[0]).toMatch(/^http:\/\/objects\.example\.net:8080\/invoices-2026\//)
  })

  it('shows the answer to the newest question only', async () => {
    const { backend, links: made } = await links()
    await made.open()
    const answers: (() => void)[] = []
    const real = backend.makeLinks.bind(backend)
    vi.spyOn(backend, 'makeLinks').mockImplementation(async (request) => {
      await new Promise<void>((resolve) => answers.push(resolve))
      return real(request)
    })
    const first = made.choosePreset('900')
    const second = made.choosePreset('86400')
    answers[1]?.()
    await second
    answers[0]?.()
    await first
    expect(made.set?.worksUntil).toBeGreaterThan(Date.now() + 80_000_000)
  })
})

describe('moments', () => {
  it('are written as the fields hold them', () => {
    expect(localFields(now)).toEqual({ day: '2026-11-22', time: '12:04:31' })
    expect(zoneOffset(now)).toMatch(/^UTC/)
  })
})

describe('code', () => {
  it('is drawn in parts that together are the same text', () => {
    const source = '# keys\nurl = s3.sign("get", n=3600)'
    const tokens = codeTokens(source)
    expect(tokens.map((token) => token.text).join('')).toBe(source)
    expect(tokens.map((token) => token.kind)).toEqual([
      'comment',
      'plain',
      'call',
      'plain',
      'string',
      'plain',
      'number',
      'plain',
    ])
  })
})
