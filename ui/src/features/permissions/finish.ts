// What follows a change of access: everyone who shows it looks again, and a toast says what was seen.
import type { AccessResult, Target } from '$backend/bindings'
import type { Session } from '$session/session.svelte'
import type { AccessKind } from './access.svelte'
import { access as words, verdictWords } from './words'

export function finish(session: Session, kind: AccessKind, target: Target, label: string, result: AccessResult): void {
  const place = target.kind === 'bucket' ? target : session.view.request
  if (place !== null) session.changed({ accountId: place.accountId, bucket: place.bucket, what: 'access' })
  if (result.jobId !== null) {
    const show = { title: words.show, run: () => session.showTab('transfers') }
    session.toasts.show({
      text: words.working(label),
      icon: kind === 'makePublic' ? 'globe' : 'lock',
      tone: 'plain',
      action: show,
    })
    return
  }
  if (result.verdict === null) {
    const text = `${words.notChecked(label)}: ${result.notChecked?.message ?? ''}`
    session.toasts.show({ text, icon: 'alert', tone: 'bad' })
    return
  }
  const opened = kind === 'makePublic'
  const back = {
    title: verdictWords.makePrivate,
    run: () => session.dialogs.open({ kind: 'makePrivate', target, label }),
  }
  session.toasts.show({
    text: `${label}: ${result.verdict.title}`,
    icon: opened ? 'globe' : 'lock',
    tone: 'plain',
    action: opened ? back : null,
  })
}
