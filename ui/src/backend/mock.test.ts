import { describe, expect, it } from 'vitest'
import type { TransferBatch, ViewStatus } from './bindings'
import { createMock } from './mock'

const quick = () => createMock({ pace: 0, transfers: false })

async function listed(mock: ReturnType<typeof quick>, accountId: string, bucket: string, prefix = '') {
  let status: ViewStatus | undefined
  const sort = { column: 'name', direction: 'ascending' } as const
  const viewId = await mock.openView({ accountId, bucket, prefix, mode: 'folders', sort }, (next) => (status = next))
  await vitestUntil(() => status?.state !== 'listing')
  return { viewId, status: status as ViewStatus }
}

async function vitestUntil(ready: () => boolean): Promise<void> {
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('the mock backend', () => {
  it('does a plan once, and refuses its token the second time', async () => {
    const mock = quick()
    const plan = await mock.planDeleteBucket('research', 'sensor-exports', () => undefined, 'op')
    expect(plan.empty).toBe(true)
    expect(await mock.deleteBucket(plan.token, null)).toBeNull()
    await expect(mock.deleteBucket(plan.token, null)).rejects.toMatchObject({ code: 'stalePlan', retryable: false })
  })

  it('asks for the name of a bucket that is not empty', async () => {
    const mock = quick()
    const plan = await mock.planDeleteBucket('research', 'press-kit', () => undefined, 'op')
    await expect(mock.deleteBucket(plan.token, 'press')).rejects.toMatchObject({ code: 'invalidInput' })
  })

  it('lists 100 000 keys and sorts and filters all of them', async () => {
    const mock = quick()
    const sort = { column: 'name', direction: 'descending' } as const
    let status: ViewStatus | undefined
    const request = { accountId: 'research', bucket: 'app-logs-eu', prefix: '', mode: 'flat', sort } as const
    const view = await mock.openView(request, (next) => (status = next))
    await vitestUntil(() => status?.state === 'complete')
    expect(status?.matching).toBe(100_000)
    const top = await mock.rows(view, 0, 1)
    await mock.sortView(view, { column: 'name', direction: 'ascending' })
    const bottom = await mock.rows(view, 99_999, 1)
    expect(bottom.rows[0]?.key).toBe(top.rows[0]?.key)
    await mock.filterView(view, '/23-55')
    expect((await mock.rows(view, 0, 1)).total).toBeGreaterThan(300)
  }, 20_000)

  it('shows odd names as markers and keeps the key exact', async () => {
    const mock = quick()
    const { viewId } = await listed(mock, 'research', 'field-photos', '2026/harbour/')
    const index = await mock.findRow(viewId, 'notes', 0)
    const { rows } = await mock.rows(viewId, index ?? 0, 1)
    expect(rows[0]?.key).toBe('2026/harbour/notes ')
    expect(rows[0]?.name).toEqual([
      { text: 'notes', odd: false },
      { text: '␣', odd: true },
    ])
  })

  it('denies a bucket of someone else with a reason and a request id', async () => {
    const { status } = await listed(quick(), 'research', 'partner-drop')
    expect(status.state).toBe('failed')
    expect(status.error).toMatchObject({
      code: 'accessDenied',
      details: { status: 403, requestId: expect.any(String) },
    })
  })

  it('has a server without ACLs', async () => {
    const mock = quick()
    const target = { kind: 'bucket', accountId: 'lab', bucket: 'models' } as const
    const permissions = await mock.loadPermissions(target)
    expect(permissions.supported).toBe(false)
    expect(permissions.unsupported?.code).toBe('unsupported')
    const scope = { listing: false, existing: true, future: false }
    const plan = await mock.planMakePublic(target, scope, 'open', () => undefined, 'op')
    expect(plan.canLeavePrivate).toBe(false)
    await mock.applyAccessPlan(plan.token)
    expect((await mock.checkAccess(target)).level).toBe('readable')
  })

  it('shows a right that only some objects give as mixed', async () => {
    const mock = quick()
    const { viewId } = await listed(mock, 'research', 'field-photos', '2026/harbour/')
    const first = await mock.findRow(viewId, 'IMG_4821', 0)
    const from = first ?? 0
    const selection = await mock.select(viewId, { kind: 'range', from, to: from + 2, additive: false })
    const view = await mock.loadPermissions({ kind: 'selection', viewId, selectionId: selection.id })
    const colleague = view.rows.find((row) => row.kind === 'user')
    expect(colleague?.detail).toBe('1 of 3')
    expect(colleague?.cells.find((cell) => cell.right === 'read')?.tick).toBe('mixed')
    expect(view.verdict.access).toBe('public')
  })

  it('refuses changes to permissions that are no longer what was read', async () => {
    const mock = quick()
    const target = { kind: 'bucket', accountId: 'research', bucket: 'web-uploads' } as const
    const { readToken } = await mock.loadPermissions(target)
    const changes = [{ row: 'allUsers', right: 'read', on: true } as const]
    const plan = await mock.planPermissionChange(target, readToken, changes, [])
    expect(plan.publishes).toBe('anyone')
    await mock.applyPermissionChange(plan.token)
    await expect(mock.planPermissionChange(target, readToken, changes, [])).rejects.toMatchObject({ code: 'stalePlan' })
  })

  it('re-checks conflicts when a key is changed', async () => {
    const mock = quick()
    const target = { accountId: 'research', bucket: 'field-photos', prefix: '2026/harbour/' }
    const source = await mock.chooseUpload('files')
    const plan = await mock.planUpload(source as string, target, () => undefined, 'op')
    expect(plan.undecided).toBe(2)
    const change = { keys: [{ index: 0, keyRest: 'IMG_9999.jpg' }], policy: null, access: null, decisions: [] }
    expect((await mock.reviseUpload(plan.planId, change)).undecided).toBe(1)
  })

  it('moves a transfer to its end', async () => {
    const mock = quick()
    const batches: TransferBatch[] = []
    const stop = await mock.watchTransfers((batch) => batches.push(batch))
    const { viewId } = await listed(mock, 'research', 'new-bucket-using-python')
    const selection = await mock.select(viewId, { kind: 'all' })
    const id = await mock.download(viewId, selection.id, 'downloads')
    const state = () => batches.flatMap((batch) => batch.jobs).findLast((job) => job.id === id)?.state
    await vitestUntil(() => state() === 'done')
    stop()
    expect(batches.at(-1)?.totals.done).toBe(1)
  })
})
