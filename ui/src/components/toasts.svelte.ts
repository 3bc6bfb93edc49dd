// Short messages at the lower left. They go by themselves, wait while somebody looks at them, and never carry an error
// that needs a decision.
import type { IconName } from './icons'

export type Toast = {
  id: number
  text: string
  icon: IconName
  tone: 'ok' | 'plain' | 'bad'
  action: { title: string; run: () => void } | null
}

export type ToastDraft = { text: string; icon?: IconName; tone?: Toast['tone']; action?: Toast['action'] }

/** How long a toast stays when nobody hovers or focuses it. */
export const toastTime = 5000
const mostShown = 3

/** The toasts on the screen, oldest first. */
export class Toasts {
  items = $state.raw<Toast[]>([])
  private next = 1
  private timers = new Map<number, ReturnType<typeof setTimeout>>()

  /** Shows a message and gives its id. The oldest goes when there would be more than three. */
  show({ text, icon = 'check-c', tone = 'ok', action = null }: ToastDraft): number {
    const id = this.next++
    this.items = [...this.items, { id, text, icon, tone, action }]
    for (const old of this.items.slice(0, -mostShown)) this.dismiss(old.id)
    this.resume(id)
    return id
  }

  /** Keeps a toast while it is looked at. */
  pause(id: number): void {
    clearTimeout(this.timers.get(id))
    this.timers.delete(id)
  }

  /** Starts its time anew. */
  resume(id: number): void {
    this.pause(id)
    this.timers.set(
      id,
      setTimeout(() => this.dismiss(id), toastTime),
    )
  }

  /** Takes it away now. */
  dismiss(id: number): void {
    this.pause(id)
    this.items = this.items.filter((toast) => toast.id !== id)
  }
}
