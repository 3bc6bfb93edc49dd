// The draft of an object typed by hand. Every change is checked with the server first; creating uses the token of exactly
// that check, so an object that appeared meanwhile is never replaced unseen.
import type { AccessBadge, Backend, IpcError, KeyCheck, UploadAccess } from '$backend/backend'
import { asIpcError } from '$lib/errors'

export const contentTypes = [
  'text/plain',
  'text/html',
  'text/css',
  'text/csv',
  'text/markdown',
  'application/json',
  'application/xml',
  'application/javascript',
] as const

export type ContentType = (typeof contentTypes)[number]

const checkPause = 250

export class NewTextDraft {
  name = $state('')
  text = $state('')
  contentType = $state<ContentType>('text/plain')
  access = $state<UploadAccess>('serverDefault')
  /** What a stranger saw of an object that was to be public. */
  seen = $state.raw<AccessBadge | null>(null)
  check = $state.raw<KeyCheck | null>(null)
  busy = $state(false)
  error = $state.raw<IpcError | null>(null)
  private turn = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly backend: Backend,
    readonly place: { accountId: string; bucket: string; prefix: string },
  ) {}

  get key(): string {
    return this.place.prefix + this.name
  }

  /** Bytes of the text as it will be stored: UTF-8, nothing added. */
  get bytes(): number {
    return new TextEncoder().encode(this.text).length
  }

  /** Called after every change: the check shown no longer counts, a new one follows a pause. */
  changed(): void {
    this.turn += 1
    this.error = null
    clearTimeout(this.timer)
    if (this.check?.problem !== null || !this.check.exists) this.check = null
    if (this.name !== '') this.timer = setTimeout(() => void this.look(), checkPause)
  }

  /** Asks the server about the key as it is now. Gives null when it changed meanwhile or could not be asked. */
  private async look(): Promise<KeyCheck | null> {
    clearTimeout(this.timer)
    const turn = ++this.turn
    const { accountId, bucket } = this.place
    try {
      const check = await this.backend.checkNewKey(accountId, bucket, this.key, this.text, this.access)
      if (turn !== this.turn) return null
      this.check = check
      return check
    } catch (error) {
      if (turn === this.turn) this.error = asIpcError(error)
      return null
    }
  }

  /** Creates the object when the newest check says what was shown; true when it was made. */
  async submit(): Promise<boolean> {
    if (this.name === '' || this.busy) return false
    this.busy = true
    this.error = null
    const known = this.check?.exists === true
    try {
      const check = await this.look()
      if (check === null || check.problem !== null || (check.exists && !known)) return false
      const { accountId, bucket } = this.place
      const { key, text, contentType, access } = this
      const { token } = check
      this.seen = await this.backend.createTextObject({ accountId, bucket, key, text, contentType, access, token })
      return true
    } catch (error) {
      this.error = asIpcError(error)
      return false
    } finally {
      this.busy = false
    }
  }

  /** Forgets a check that is still waiting. */
  dispose(): void {
    clearTimeout(this.timer)
  }
}
