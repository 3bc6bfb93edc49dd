import { describe, expect, it, vi } from 'vitest'
import type { AccountView } from '$backend/bindings'
import { createMock } from '$backend/mock'
import { AccountForm, formatFingerprint, shortFingerprint } from './form.svelte'

const mock = () => createMock({ pace: 0, transfers: false })

function filled(backend = mock(), account: AccountView | null = null): AccountForm {
  const form = new AccountForm(backend, account)
  form.name = 'Research'
  form.endpoint = 'objects.example.net:8080'
  form.accessKeyId = ' 7Q2M0V5K9XWB41T8ZC3R '
  form.secret = 'abcdefghij'
  return form
}

async function saved(backend = mock()): Promise<AccountView> {
  const account = await filled(backend).save()
  if (account === null) throw new Error('the account was not saved')
  return account
}

describe('the endpoint', () => {
  it('moves a port out of host:port', async () => {
    const form = filled()
    await form.settleEndpoint()
    expect([form.endpoint, form.port]).toEqual(['objects.example.net', '8080'])
    expect(form.understood?.url).toBe('https://objects.example.net:8080/')
  })

  it('leaves alone what is typed on meanwhile', async () => {
    const form = filled()
    const settled = form.settleEndpoint()
    form.endpoint = 'other.example.net:9000'
    await Promise.all([settled, form.understand()])
    expect(form.endpoint).toBe('other.example.net:9000')
  })

  it('takes a full address, with its scheme and path', async () => {
    const form = filled()
    form.endpoint = ' http://objects.example.net:9000/s3/ '
    await form.settleEndpoint()
    expect([form.endpoint, form.port, form.tls]).toEqual(['objects.example.net/s3', '9000', false])
  })

  it('says what is wrong while it is typed', async () => {
    const form = filled()
    form.endpoint = 'not a host'
    await form.understand()
    expect(form.problem('endpoint')).toContain('not the name of a server')
  })

  it('drops the answer to an older question', async () => {
    const backend = mock()
    const form = filled(backend)
    const answers: ((value: Awaited<ReturnType<typeof backend.parseEndpoint>>) => void)[] = []
    vi.spyOn(backend, 'parseEndpoint').mockImplementation(() => new Promise((resolve) => answers.push(resolve)))
    const [first, second] = [form.understand(), form.understand()]
    const view = { scheme: 'https' as const, host: 'x', port: null, basePath: '', needsConsent: false }
    answers[1]?.({ ...view, url: 'newer' })
    answers[0]?.({ ...view, url: 'older' })
    await Promise.all([first, second])
    expect(form.understood?.url).toBe('newer')
  })
})

describe('the test', () => {
  it('shows its answer until a field it depends on changes', async () => {
    const form = filled()
    await form.test()
    expect(form.report?.outcome).toBe('connected')
    form.name = 'Another name'
    expect(form.report).not.toBeNull()
    form.region = 'eu'
    expect(form.report).toBeNull()
  })

  it('offers the Project ID the server suggests, and takes it', async () => {
    const form = filled()
    await form.test()
    const suggested = form.suggestedProjectId
    expect(suggested).toHaveLength(32)
    form.useSuggestedProjectId()
    expect(form.projectId).toBe(suggested)
    expect(form.suggestedProjectId).toBeNull()
  })

  it('trusts a certificate for the host and tests again', async () => {
    const form = filled()
    form.endpoint = 'objects.internal.example'
    await form.test()
    expect(form.report?.outcome).toBe('certificateNotTrusted')
    await form.trustCertificate()
    expect(form.pinned).not.toBeNull()
    expect(form.report?.outcome).toBe('connected')
  })

  it('forgets a trusted certificate when the host changes', async () => {
    const form = filled()
    form.endpoint = 'objects.internal.example'
    await form.test()
    await form.trustCertificate()
    form.endpoint = 'elsewhere.internal.example'
    await form.test()
    expect(form.pinned).toBeNull()
    expect(form.report?.outcome).toBe('certificateNotTrusted')
  })
})

describe('saving', () => {
  it('refuses blanks and names them', async () => {
    const backend = mock()
    const form = new AccountForm(backend, null)
    const save = vi.spyOn(backend, 'saveAccount')
    expect(await form.save()).toBeNull()
    expect(save).not.toHaveBeenCalled()
    expect([...form.missing].sort()).toEqual(['accessKeyId', 'endpoint', 'name', 'secretAccessKey'])
  })

  it('adds a new account only once a test succeeds, or when told so again', async () => {
    const backend = mock()
    const form = filled(backend)
    form.secret = 'the wrong one'
    const save = vi.spyOn(backend, 'saveAccount')
    expect(await form.submit()).toBeNull()
    expect(save).not.toHaveBeenCalled()
    expect(form.failedTest).toBe(true)
    expect((await form.submit())?.name).toBe('Research')
  })

  it('adds keys that work at one press', async () => {
    const form = filled()
    expect((await form.submit())?.endpoint).toBe('objects.example.net:8080')
  })

  it('trims pasted spaces and forgets the secret once it is sent', async () => {
    const backend = mock()
    const form = filled(backend)
    const save = vi.spyOn(backend, 'saveAccount')
    const account = await form.save()
    expect(account?.accessKeyId).toBe('7Q2M0V5K9XWB41T8ZC3R')
    expect(save.mock.calls[0]?.[0].secretAccessKey).toBe('abcdefghij')
    expect(form.secret).toBe('')
  })

  it('keeps the saved secret of an account that is edited', async () => {
    const backend = mock()
    const account = await saved(backend)
    const form = new AccountForm(backend, account)
    const save = vi.spyOn(backend, 'saveAccount')
    form.name = 'Renamed'
    expect((await form.save())?.name).toBe('Renamed')
    expect(save.mock.calls[0]?.[0]).toMatchObject({ id: account.id, secretAccessKey: null })
  })

  it('asks for the secret when it was lost', async () => {
    const backend = mock()
    const account: AccountView = { ...(await saved(backend)), secretSaved: 'missing' }
    const form = new AccountForm(backend, account)
    expect(await form.save()).toBeNull()
    expect(form.problem('secretAccessKey')).not.toBeNull()
  })

  it('sends Amazon’s own endpoint over TLS whatever was typed before', async () => {
    const backend = mock()
    const form = filled(backend)
    form.kind = 'amazon'
    form.tls = false
    form.region = 'eu-west-1'
    const save = vi.spyOn(backend, 'saveAccount')
    await form.save()
    expect(save.mock.calls[0]?.[0]).toMatchObject({ endpoint: 's3.eu-west-1.amazonaws.com', tls: true, port: null })
  })
})

describe('plain http', () => {
  it('to another computer is neither tested nor saved before it is agreed to', async () => {
    const backend = mock()
    const form = filled(backend)
    const [test, save] = [vi.spyOn(backend, 'testAccount'), vi.spyOn(backend, 'saveAccount')]
    form.tls = false
    await form.understand()
    expect(form.needsConsent).toBe(true)
    await form.test()
    expect(await form.save()).toBeNull()
    expect([test.mock.calls.length, save.mock.calls.length]).toEqual([0, 0])
    expect(form.problem('plainHttpConsent')).toContain('Tick this')
    form.consent(true)
    expect((await form.save())?.plainHttpConsent).toBe(true)
  })

  it('is asked about again for another host, and never for this computer', async () => {
    const form = filled()
    form.tls = false
    await form.understand()
    form.consent(true)
    expect(form.consents).toBe(true)
    form.endpoint = 'elsewhere.example.net'
    await form.understand()
    expect([form.needsConsent, form.consents]).toEqual([true, false])
    form.endpoint = '127.0.0.1:9000'
    await form.understand()
    expect(form.needsConsent).toBe(false)
    expect(await form.save()).not.toBeNull()
  })
})

describe('the Project ID', () => {
  it('is picked out of a pasted console address', async () => {
    const form = filled()
    form.projectId = 'https://console.example.net/project/3F9C2A7D4BE04D1F8A6E5B90C2D17C1B/overview'
    await form.settleProjectId()
    expect(form.projectId).toBe('3f9c2a7d4be04d1f8a6e5b90c2d17c1b')
  })
})

describe('a fingerprint', () => {
  it('is shown in pairs whatever way it came', () => {
    expect(formatFingerprint('7a19c40e')).toBe('7A:19:C4:0E')
    expect(shortFingerprint('7a19c40e'.repeat(8))).toBe('7A:19:C4:0E … 7A:19:C4:0E')
  })
})
