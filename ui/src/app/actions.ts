// What commands do that takes more than a line. Each takes the shell and starts its work; a failure is a toast.
import type { CodeRequest, LinkRequest, MoveTo, Target } from '$backend/backend'
import { codeRequest } from '$session/dialogs.svelte'
import type { ActingPane } from '$session/session.svelte'
import type { Shell } from './shell.svelte'
import { words } from './words'

export const bucketTarget = ({ session }: Shell): Target | null =>
  session.accountId === null || session.bucket === null
    ? null
    : { kind: 'bucket', accountId: session.accountId, bucket: session.bucket }

export const selectionTarget = ({ session: { view } }: Shell): Target | null =>
  view.id === null || view.selected === 0
    ? null
    : { kind: 'selection', viewId: view.id, selectionId: view.selection.id }

export function labelOf(shell: Shell, target: Target): string {
  if (target.kind === 'bucket') return target.bucket
  const { single, objects, folders } = shell.session.view.selection
  return single?.key ?? words.total(objects, folders)
}

/** Opens a sheet for a target. */
export function openFor(kind: 'makePublic' | 'makePrivate' | 'getLink', of: (shell: Shell) => Target | null) {
  return (shell: Shell) => {
    const target = of(shell)
    if (target !== null) shell.session.dialogs.open({ kind, target, label: labelOf(shell, target) })
  }
}

export function upload(kind: 'files' | 'folder') {
  return ({ session }: Shell) =>
    session.attempt(async () => {
      const { accountId, bucket, prefix } = session
      if (accountId === null || bucket === null) return
      const sourceId = await session.backend.chooseUpload(kind)
      const target = { accountId, bucket, prefix }
      if (sourceId !== null) session.dialogs.open({ kind: 'upload', sourceId, target, from: 'button' })
    })
}

export function download(where: 'downloads' | 'ask') {
  return ({ session }: Shell) =>
    session.attempt(async () => {
      const { id, selection } = session.view
      if (id === null) return
      const job = await session.backend.download(id, selection.id, where)
      if (job === null) return
      const text = selection.folders > 0 ? words.downloadingFolders : words.downloading(selection.objects)
      const action = { title: words.show, run: () => session.showTab('transfers') }
      session.toasts.show({ text, icon: 'download', tone: 'plain', action })
    })
}

export function copyUrl(shell: Shell) {
  const { session } = shell
  session.attempt(async () => {
    const target = selectionTarget(shell)
    const { account } = session
    if (target === null || account === null) return
    const request: LinkRequest = {
      target,
      kind: 'public',
      expiresSeconds: 0,
      style: account.signature,
      scheme: account.scheme,
      withProjectId: account.projectId !== null,
    }
    const { links, access, proof } = await session.backend.makeLinks(request)
    await session.backend.copyText(links.map(({ url }) => url).join('\n'))
    const label = labelOf(shell, target)
    const getLink = { title: words.getLink, run: () => session.dialogs.open({ kind: 'getLink', target, label }) }
    session.toasts.show({
      text: words.linksCopied(links.length, access, proof),
      icon: access === 'private' ? 'lock' : 'copy',
      tone: access === 'public' ? 'ok' : 'plain',
      action: access === 'public' ? null : getLink,
    })
  })
}

export function copyText(text: (shell: Shell) => string | null) {
  return (shell: Shell) =>
    shell.session.attempt(async () => {
      const copied = text(shell)
      if (copied === null) return
      await shell.session.backend.copyText(copied)
      shell.session.toasts.show({ text: words.copied(copied), icon: 'copy' })
    })
}

/** What can be done with a bucket or a selection, as code; the first is shown first. */
const codeActions: Record<Target['kind'], CodeRequest['action'][]> = {
  bucket: ['listObjects', 'listBuckets', 'makePublic', 'makePrivate', 'deleteBucket'],
  selection: ['download', 'makePublic', 'makePrivate', 'deleteObjects'],
}

export function copyCode(shell: Shell) {
  const { target, targetLabel, accountId, bucket, dialogs } = shell.session
  if (target === null || accountId === null) return
  const actions = codeActions[target.kind]
  const request = codeRequest(actions[0] ?? 'listObjects', accountId, { target, bucket })
  dialogs.open({ kind: 'code', label: targetLabel, request, actions })
}

export function openSelected({ session }: Shell) {
  const { single } = session.view.selection
  if (single?.kind === 'folder' && session.bucket !== null) session.go({ bucket: session.bucket, prefix: single.key })
  else session.showTab('properties')
}

export function showTab(tab: 'transfers' | 'permissions' | 'properties' | 'eventLog', pane?: ActingPane) {
  return ({ session }: Shell) => {
    if (pane !== undefined) session.acting = pane
    session.showTab(tab)
  }
}

/** Where new objects go: the open folder. */
export const currentPlace = ({ session }: Shell) => ({
  accountId: session.accountId ?? '',
  bucket: session.bucket ?? '',
  prefix: session.prefix,
})

export function forget({ session, buckets }: Shell) {
  session.attempt(async () => {
    const { accountId, bucket } = session
    if (accountId === null || bucket === null) return
    await session.backend.forgetBucket(accountId, bucket)
    session.leaveBucket(bucket)
    await buckets.load()
  })
}

export function diagnostics({ session }: Shell) {
  session.attempt(async () => {
    await session.backend.copyText(await session.backend.diagnostics())
    session.toasts.show({ text: words.diagnosticsCopied, icon: 'copy' })
  })
}

export function selectAll({ session, table }: Shell) {
  session.acting = 'objects'
  session.attempt(() => table.selectAll())
}

export const openLocal = ({ session }: Shell) =>
  session.attempt(async () => session.accountSaved(await session.backend.openLocalStorage()))

/** Moves the transfer that was pointed at last. */
export function moveTransfer(to: MoveTo) {
  return ({ session, transfers }: Shell) => {
    const id = transfers.current
    if (id !== null) session.attempt(() => transfers.move(id, to))
  }
}
