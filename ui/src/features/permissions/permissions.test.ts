import { describe, expect, it, vi } from 'vitest'
import type { GrantRow, IpcError, Target } from '$backend/bindings'
import { createMock } from '$backend/mock'
import { anyone } from '$lib/audience'
import type { Session } from '$session/session.svelte'
import { AccessChange } from './access.svelte'
import { finish } from './finish'
import { granteeProblem, Permissions } from './permissions.svelte'
import { panel } from './words'

const bucket: Target = { kind: 'bucket', accountId: 'research', bucket: 'web-uploads' }
const mock = () => createMock({ pace: 0, transfers: false })

async function loaded(target: Target = bucket, backend = mock()) {
  const permissions = new Permissions(backend)
  await permissions.load(target)
  const row = (id: string) => permissions.view?.rows.find((one) => one.id === id) as GrantRow
  return { backend, permissions, row }
}

describe('the rights grid', () => {
  it('ticks the rest of the row with full control', async () => {
    const { permissions, row } = await loaded()
    permissions.set(row('authenticatedUsers'), 'fullControl', true)
    expect(permissions.tick(row('authenticatedUsers'), 'writeAcp')).toBe('on')
    expect(permissions.changeCount).toBe(5)
  })

  it('takes full control out when one right of the row goes, and says what stays', async () => {
    const { permissions, row } = await loaded()
    permissions.set(row('authenticatedUsers'), 'fullControl', true)
    await permissions.apply()
    await permissions.confirmPending()
    permissions.set(row('authenticatedUsers'), 'write', false)
    const changes = permissions.changes().map((change) => `${change.right} ${change.on}`)
    expect(changes).toEqual(['fullControl false', 'read true', 'write false', 'readAcp true', 'writeAcp true'])
  })

  it('counts a box set back as no change', async () => {
    const { permissions, row } = await loaded()
    permissions.set(row('authenticatedUsers'), 'read', true)
    permissions.set(row('authenticatedUsers'), 'read', false)
    expect(permissions.changeCount).toBe(0)
  })

  it('never changes the owner’s boxes', async () => {
    const { permissions, row } = await loaded()
    permissions.set(row('owner'), 'read', false)
    expect(permissions.changeCount).toBe(0)
  })

  it('asks a second time before a change opens something to the internet', async () => {
    const { backend, permissions, row } = await loaded()
    const sent = vi.spyOn(backend, 'applyPermissionChange')
    permissions.set(row('allUsers'), 'read', true)
    expect(await permissions.apply()).toBe(false)
    expect(sent).not.toHaveBeenCalled()
    expect(await permissions.confirmPending()).toBe(true)
    expect(permissions.view?.verdict.access).toBe('public')
    expect(permissions.changeCount).toBe(0)
  })

  it('asks for everyone with an account, too, in other words', async () => {
    const { permissions, row } = await loaded()
    permissions.set(row('authenticatedUsers'), 'read', true)
    expect(await permissions.apply()).toBe(false)
    expect(permissions.pending?.publishes).toBe('accounts')
    expect(panel.publishText('accounts', 'anyone on the internet')).not.toContain('internet')
    expect(panel.publishTitle('anyone', anyone({ kind: 'local' }))).toBe('Open this to anyone on this computer?')
  })

  it('has applied what was applied, also when it can’t be read again', async () => {
    const { backend, permissions } = await loaded()
    permissions.add({ kind: 'email', value: 'ada@example.net', rights: ['read'] })
    const lost = { code: 'network', message: 'gone', hint: null, retryable: true, field: null, details: null }
    vi.spyOn(backend, 'loadPermissions').mockRejectedValueOnce(lost)
    expect(await permissions.apply()).toBe(true)
    expect(permissions.error?.code).toBe('network')
    expect(permissions.changeCount).toBe(0)
  })

  it('adds a user with the changes', async () => {
    const { permissions } = await loaded()
    permissions.add({ kind: 'email', value: 'ada@example.net', rights: ['read'] })
    expect(permissions.changeCount).toBe(1)
    expect(await permissions.apply()).toBe(true)
    expect(permissions.view?.rows.some((one) => one.kind === 'email')).toBe(true)
  })

  it('keeps the changes and says why when the server’s state has moved on', async () => {
    const { backend, permissions, row } = await loaded()
    const other = await loaded(bucket, backend)
    other.permissions.set(other.row('authenticatedUsers'), 'read', true)
    await other.permissions.apply()
    await other.permissions.confirmPending()
    permissions.set(row('authenticatedUsers'), 'write', true)
    expect(await permissions.apply()).toBe(false)
    expect(permissions.error?.code).toBe('stalePlan')
    expect(permissions.changeCount).toBe(1)
  })

  it('keeps changed boxes while its tab is left, until another target is chosen', async () => {
    const { backend, permissions, row } = await loaded()
    const read = vi.spyOn(backend, 'loadPermissions')
    permissions.set(row('authenticatedUsers'), 'read', true)
    await permissions.show({ ...bucket })
    expect([permissions.changeCount, read.mock.calls.length]).toEqual([1, 0])
    await permissions.show({ ...bucket, bucket: 'press-kit' })
    await permissions.show(bucket)
    expect([permissions.changeCount, read.mock.calls.length]).toEqual([0, 2])
  })

  it('reads again when nothing was changed', async () => {
    const { backend, permissions } = await loaded()
    const read = vi.spyOn(backend, 'loadPermissions')
    await permissions.show(bucket)
    expect(read).toHaveBeenCalledOnce()
  })

  it('drops the answer for a target that was left', async () => {
    const { permissions } = await loaded()
    const first = permissions.load({ kind: 'bucket', accountId: 'research', bucket: 'press-kit' })
    const second = permissions.load(bucket)
    await Promise.all([first, second])
    expect(permissions.view?.label).toContain('web-uploads')
  })

  it('shows a refusal of the server as an error, not as private', async () => {
    const { permissions } = await loaded({ kind: 'bucket', accountId: 'research', bucket: 'partner-drop' })
    expect(permissions.error?.code).toBe('accessDenied')
    expect(permissions.view).toBeNull()
  })
})

describe('a new user', () => {
  it('needs a value, a right, and not to be there already', () => {
    const ada = { kind: 'email' as const, value: 'ada@example.net', rights: ['read' as const] }
    expect(granteeProblem({ ...ada, value: ' ' }, [])).toBe('empty')
    expect(granteeProblem({ ...ada, value: 'ada' }, [])).toBe('badEmail')
    expect(granteeProblem({ ...ada, rights: [] }, [])).toBe('noRight')
    expect(granteeProblem(ada, [ada])).toBe('known')
    expect(granteeProblem(ada, [])).toBeNull()
  })
})

describe('making a bucket private', () => {
  it('means its objects, too, until that is unticked, and always asks', async () => {
    const backend = mock()
    const open = new AccessChange(backend, 'makePublic', bucket)
    await open.tick('existing', true)
    await open.apply()
    const change = new AccessChange(backend, 'makePrivate', bucket)
    await change.prepare()
    expect(change.scope.existing).toBe(true)
    expect(change.plan?.confirm).toBe(true)
    expect(change.plan?.rows.find((row) => row.what === 'Read existing objects')?.after).toBe('No')
    await change.apply()
    expect((await backend.checkAccess(bucket)).access).toBe('private')
    await change.tick('existing', false)
    expect(change.plan?.notes).toEqual(['Objects that are public by themselves stay so.'])
  })
})

describe('what follows a change', () => {
  it('is no praise when the look failed', () => {
    const session = { toasts: { show: vi.fn() }, changed: vi.fn() }
    const notChecked = { message: 'The server is gone.' } as IpcError
    const result = { jobId: null, verdict: null, notChecked, undo: '' }
    finish(session as unknown as Session, 'makePublic', bucket, 'web-uploads', result)
    expect(session.changed).toHaveBeenCalledOnce()
    expect(session.toasts.show).toHaveBeenCalledWith(expect.objectContaining({ tone: 'bad' }))
  })
})

describe('making a bucket public', () => {
  it('starts with listing only, and asks again when a tick changes', async () => {
    const change = new AccessChange(mock(), 'makePublic', bucket)
    await change.prepare()
    expect(change.scope).toEqual({ listing: true, existing: false, future: false })
    expect(change.plan?.requests).toBe(1)
    await change.tick('existing', true)
    expect(change.plan?.requests).toBe(1_501)
  })

  it('does exactly what was ticked, and then says what it saw', async () => {
    const backend = mock()
    const change = new AccessChange(backend, 'makePublic', bucket)
    await change.prepare()
    const result = await change.apply()
    expect(result?.verdict?.level).toBe('listable')
    expect(result?.jobId).toBeNull()
  })

  it('always shows a bucket made public, and one harmless object never', async () => {
    const backend = mock()
    expect(new AccessChange(backend, 'makePublic', bucket).asks).toBe(true)
    const request = { accountId: 'research', bucket: 'field-photos', prefix: '', mode: 'folders' } as const
    const viewId = await backend.openView({ ...request, sort: { column: 'name', direction: 'ascending' } }, () => {})
    await vi.waitFor(async () => expect((await backend.rows(viewId, 0, 9)).total).toBe(3), { timeout: 10_000 })
    const { id } = await backend.select(viewId, { kind: 'key', key: 'readme.txt' })
    const change = new AccessChange(backend, 'makePublic', { kind: 'selection', viewId, selectionId: id })
    await change.prepare()
    expect([change.plan?.objects, change.asks]).toEqual([1, false])
  })

  it('does nothing with no tick', async () => {
    const backend = mock()
    const change = new AccessChange(backend, 'makePublic', bucket)
    const applied = vi.spyOn(backend, 'applyAccessPlan')
    await change.tick('listing', false)
    expect(await change.apply()).toBeNull()
    expect(applied).not.toHaveBeenCalled()
  })

  it('leaves what looks sensitive private when told to', async () => {
    const photos: Target = { kind: 'bucket', accountId: 'research', bucket: 'field-photos' }
    const change = new AccessChange(mock(), 'makePublic', photos)
    await change.tick('existing', true)
    expect(change.plan?.sensitiveCount).toBe(2)
    await change.leaveSensitivePrivate()
    expect(change.plan?.sensitiveCount).toBe(0)
    expect(change.plan?.leftPrivate).toBe(2)
  })

  it('warns of sensitive names only where objects open', async () => {
    const photos: Target = { kind: 'bucket', accountId: 'research', bucket: 'field-photos' }
    const change = new AccessChange(mock(), 'makePublic', photos)
    await change.prepare()
    expect(change.plan?.sensitiveCount).toBe(0)
  })

  it('opens everything again when the future is ticked, and says that nothing can be left out', async () => {
    const photos: Target = { kind: 'bucket', accountId: 'research', bucket: 'field-photos' }
    const change = new AccessChange(mock(), 'makePublic', photos)
    await change.tick('existing', true)
    await change.leaveSensitivePrivate()
    await change.tick('future', true)
    expect(change.error).toBeNull()
    expect(change.plan?.canLeavePrivate).toBe(false)
    expect(change.plan?.sensitiveCount).toBe(2)
  })

  it('drops what was shown for older ticks when counting is stopped', async () => {
    const backend = createMock({ pace: 0.05, transfers: false })
    const logs: Target = { kind: 'bucket', accountId: 'research', bucket: 'app-logs-eu' }
    const change = new AccessChange(backend, 'makePublic', logs)
    const applied = vi.spyOn(backend, 'applyAccessPlan')
    await change.prepare()
    expect(change.ready).toBe(true)
    const ticking = change.tick('future', true)
    expect(change.ready).toBe(false)
    await change.cancel()
    await ticking
    expect(change.ready).toBe(false)
    expect(await change.apply()).toBeNull()
    expect(applied).not.toHaveBeenCalled()
  }, 20_000)

  it('stops counting when it is cancelled', async () => {
    const backend = createMock({ pace: 0.05, transfers: false })
    const logs: Target = { kind: 'bucket', accountId: 'research', bucket: 'app-logs-eu' }
    const change = new AccessChange(backend, 'makePublic', logs)
    const counted = vi.spyOn(backend, 'cancelOperation')
    const preparing = change.prepare()
    await vi.waitFor(() => expect(change.progress).not.toBeNull(), { timeout: 10_000 })
    await change.cancel()
    await preparing
    expect(counted).toHaveBeenCalledOnce()
    expect(change.plan).toBeNull()
    expect(await change.apply()).toBeNull()
  })
})
