import { afterEach, describe, expect, it, vi } from 'vitest'
import type { UploadItemView } from '$backend/bindings'
import { createMock } from '$backend/mock'
import { stemLength, Upload } from './uploads.svelte'

const harbour = { accountId: 'research', bucket: 'field-photos', prefix: '2026/harbour/' }

afterEach(() => void vi.useRealTimers())

async function planned(target = harbour, alwaysAsk = false) {
  const backend = createMock({ pace: 0, transfers: false })
  const { settings } = await backend.start()
  await backend.saveSettings({ ...settings, alwaysAskBeforeUpload: alwaysAsk })
  const source = (await backend.chooseUpload('files')) as string
  const upload = new Upload(backend, source, target)
  await upload.prepare()
  const item = (file: string) => upload.plan?.items.find((one) => one.file === file) as UploadItemView
  return { backend, upload, item }
}

describe('the upload sheet', () => {
  it('does not start while a key exists and nothing is decided', async () => {
    const { backend, upload } = await planned()
    const started = vi.spyOn(backend, 'startUpload')
    expect(upload.plan?.undecided).toBe(2)
    expect(upload.obstacle).toBe('undecided')
    expect(await upload.start()).toBeNull()
    expect(started).not.toHaveBeenCalled()
  })

  it('checks a changed key again', async () => {
    const { upload, item } = await planned()
    await upload.renameKey(item('IMG_4823.jpg'), 'IMG_9000.jpg')
    expect(item('IMG_4823.jpg').result).toBe('new')
    expect(upload.plan?.undecided).toBe(1)
    await upload.renameKey(item('IMG_4823.jpg'), '')
    expect(upload.obstacle).toBe('invalid')
  })

  it('takes a decision for one row over the policy of all', async () => {
    const { upload, item } = await planned()
    await upload.choosePolicy('replace')
    expect(upload.obstacle).toBeNull()
    await upload.decide(item('private_info.txt'), 'skip')
    expect(item('private_info.txt').decision).toBe('skip')
    expect(item('IMG_4823.jpg').decision).toBe('replace')
    expect(upload.plan?.toSend).toBe(6)
  })

  it('starts with the token of the newest plan', async () => {
    const { backend, upload } = await planned()
    await Promise.all([upload.choosePolicy('replace'), upload.chooseAccess('public')])
    expect(upload.plan?.sensitive).toEqual(['private_info.txt'])
    expect(await upload.start()).toEqual(expect.any(Number))
    expect(upload.plan).not.toBeNull()
    await expect(backend.startUpload(upload.plan?.token ?? '')).rejects.toMatchObject({ code: 'stalePlan' })
  })

  it('sends nothing that is skipped, and forgets single decisions when all are decided', async () => {
    const { upload, item } = await planned()
    await upload.decide(item('private_info.txt'), 'replace')
    await upload.choosePolicy('skip')
    expect([upload.plan?.files, upload.plan?.toSend, upload.obstacle]).toEqual([7, 5, null])
  })

  it('goes on after its token has grown too old: what is shown then can be started', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { upload } = await planned()
    await upload.choosePolicy('replace')
    vi.setSystemTime(Date.now() + 121_000)
    expect(await upload.start()).toBeNull()
    expect([upload.error?.code, upload.obstacle]).toEqual(['stalePlan', null])
    expect(await upload.start()).toEqual(expect.any(Number))
    expect(upload.error).toBeNull()
  })

  it('waits for what was changed last, so that a press right after it counts', async () => {
    const { backend, upload } = await planned()
    const started = vi.spyOn(backend, 'startUpload')
    const changed = upload.choosePolicy('replace')
    const job = await upload.start()
    await changed
    expect(job).toEqual(expect.any(Number))
    expect(started).toHaveBeenCalledExactlyOnceWith(upload.plan?.token)
  })

  it('takes a key back that was changed while the answer is awaited', async () => {
    const { upload, item } = await planned()
    const file = item('private_info.txt')
    await Promise.all([upload.renameKey(file, 'other.txt'), upload.renameKey(file, file.keyRest)])
    expect(upload.plan?.items.find(({ index }) => index === file.index)?.keyRest).toBe(file.keyRest)
  })

  it('says why a bucket can’t be written to', async () => {
    const { upload } = await planned({ accountId: 'research', bucket: 'partner-drop', prefix: '' })
    expect(upload.error?.code).toBe('accessDenied')
    expect(upload.obstacle).toBe('checking')
  })

  it('lets go of a plan that arrives after it was closed', async () => {
    const backend = createMock({ pace: 0, transfers: false })
    const source = (await backend.chooseUpload('files')) as string
    const discarded = vi.spyOn(backend, 'discardUpload')
    const upload = new Upload(backend, source, harbour)
    const preparing = upload.prepare()
    await upload.discard()
    await preparing
    expect(discarded).toHaveBeenCalledOnce()
    expect(upload.plan).toBeNull()
  })
})

describe('the sheet of a drop', () => {
  it('opens when a key exists or it was asked for', async () => {
    const free = { ...harbour, prefix: 'nothing-here-yet/' }
    expect((await planned()).upload.plan?.needsSheet).toBe(true)
    expect((await planned(free)).upload.plan?.needsSheet).toBe(false)
    expect((await planned(free, true)).upload.plan?.needsSheet).toBe(true)
  })
})

describe('editing a key', () => {
  it('starts with the name before its ending', () => {
    expect(stemLength('private_data.txt')).toBe(12)
    expect(stemLength('tide-tables/2026.tar.gz')).toBe(16)
    expect(stemLength('.env')).toBe(4)
  })
})
