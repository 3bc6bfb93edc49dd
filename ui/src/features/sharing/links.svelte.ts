// The links of a selection: what is asked for, and what the backend made of it. Whatever is asked, the newest question wins.
import type { Backend } from '$backend/backend'
import type { Access, CodeRequest, CodeSnippet, IpcError, LinkRequest, LinkSet, Target } from '$backend/bindings'
import { asIpcError } from '$lib/errors'
import { codeRequest } from '$session/dialogs.svelte'

export type Preset = '900' | '3600' | '86400' | '604800' | 'other'

/** V4 signatures last 7 days at most, by the standard. */
export const longestV4 = 604_800
const firstSeconds = 3_600

/** What the account brings to its links. */
export type LinkAccount = {
  accountId: string
  scheme: 'http' | 'https'
  projectId: string | null
  signature: LinkRequest['style']
}

export class Links {
  readonly target: Target
  readonly account: LinkAccount
  kind = $state<LinkRequest['kind']>('expiring')
  preset = $state<Preset>('3600')
  style = $state<LinkRequest['style']>('v4')
  scheme = $state<LinkRequest['scheme']>('https')
  withProjectId = $state(false)
  /** The end in local time, as the two fields hold it; only used by “Other…”. */
  day = $state('')
  time = $state('')
  set = $state.raw<LinkSet | null>(null)
  /** What a stranger's request showed when the sheet opened, or of the last public link. */
  access = $state.raw<Access | null>(null)
  snippets = $state.raw<CodeSnippet[]>([])
  error = $state.raw<IpcError | null>(null)
  busy = $state(false)
  #backend: Backend
  #now: () => number
  #asked = 0

  constructor(backend: Backend, target: Target, account: LinkAccount, now: () => number = Date.now) {
    this.#backend = backend
    this.#now = now
    this.target = target
    this.account = account
    this.scheme = account.scheme
    this.style = account.signature
    this.withProjectId = account.projectId !== null
    this.#showEnd(firstSeconds)
  }

  /** Seconds from now to the end; null when the fields hold no time. */
  get seconds(): number | null {
    if (this.preset !== 'other') return Number(this.preset)
    const end = new Date(`${this.day}T${this.time}`).getTime()
    return Number.isNaN(end) ? null : Math.round((end - this.#now()) / 1_000)
  }

  /** Why no link can be made of what is chosen. */
  get problem(): 'unreadable' | 'past' | 'tooLong' | null {
    if (this.kind === 'public') return null
    const { seconds } = this
    if (seconds === null) return 'unreadable'
    if (seconds <= 0) return 'past'
    return this.style === 'v4' && seconds > longestV4 ? 'tooLong' : null
  }

  get urls(): string[] {
    return this.set?.links.map((link) => link.url) ?? []
  }

  get request(): LinkRequest {
    return {
      target: this.target,
      kind: this.kind,
      expiresSeconds: this.seconds ?? firstSeconds,
      style: this.style,
      scheme: this.scheme,
      withProjectId: this.withProjectId,
    }
  }

  /** Makes an expiring link at once. What turns out to be public gets its public link, if nothing was chosen meanwhile. */
  async open(): Promise<void> {
    // What fails here fails for the expiring link in the same way, and is shown with it.
    const tried = this.#backend.makeLinks({ ...this.request, kind: 'public' }).catch(() => null)
    await this.make()
    const asked = this.#asked
    this.access = (await tried)?.access ?? null
    if (this.access === 'public' && asked === this.#asked) await this.chooseKind('public')
  }

  /** Makes the links of what is chosen now. */
  async make(): Promise<void> {
    const asked = ++this.#asked
    if (this.problem !== null) {
      this.set = null
      this.busy = false
      return
    }
    this.busy = true
    this.error = null
    const { request } = this
    try {
      const [set, snippets] = await Promise.all([
        this.#backend.makeLinks(request),
        this.#backend.codeSnippets(this.#codeRequest(request)),
      ])
      if (asked !== this.#asked) return
      this.set = set
      this.snippets = snippets
      if (set.access !== null) this.access = set.access
    } catch (thrown) {
      if (asked !== this.#asked) return
      this.set = null
      this.error = asIpcError(thrown)
    } finally {
      if (asked === this.#asked) this.busy = false
    }
  }

  chooseKind(kind: LinkRequest['kind']): Promise<void> {
    this.kind = kind
    return this.make()
  }

  /** A preset; “Other…” starts from the end shown before it. */
  choosePreset(preset: Preset): Promise<void> {
    this.#showEnd(preset === 'other' ? (this.seconds ?? firstSeconds) : Number(preset))
    this.preset = preset
    return this.make()
  }

  chooseEnd(day: string, time: string): Promise<void> {
    this.preset = 'other'
    this.day = day
    this.time = time
    return this.make()
  }

  chooseStyle(style: LinkRequest['style']): Promise<void> {
    this.style = style
    return this.make()
  }

  chooseScheme(scheme: LinkRequest['scheme']): Promise<void> {
    this.scheme = scheme
    return this.make()
  }

  chooseProjectId(withProjectId: boolean): Promise<void> {
    this.withProjectId = withProjectId
    return this.make()
  }

  #showEnd(seconds: number): void {
    const { day, time } = localFields(this.#now() + seconds * 1_000)
    this.day = day
    this.time = time
  }

  #codeRequest(link: LinkRequest): CodeRequest {
    const { target } = this
    const bucket = target.kind === 'bucket' ? target.bucket : null
    const { accountId } = this.account
    return codeRequest('link', accountId, { link, target, bucket })
  }
}

/** A moment as the day and time fields write it, in local time. */
export function localFields(at: number): { day: string; time: string } {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return { day, time: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}` }
}

/** `UTC+1`, `UTC−3:30` */
export function zoneOffset(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset()
  const hours = Math.floor(Math.abs(minutes) / 60)
  const rest = Math.abs(minutes) % 60
  const sign = minutes < 0 ? '−' : '+'
  return minutes === 0 ? 'UTC' : `UTC${sign}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`
}

export type CodeToken = { text: string; kind: 'plain' | 'comment' | 'string' | 'call' | 'number' }

/** Parts of a snippet that are drawn apart: comments, strings, calls and numbers. Only for the eye; the text is unchanged. */
export function codeTokens(source: string): CodeToken[] {
  const pattern = /(#[^\n]*)|("(?:[^"\\\n]|\\.)*")|([A-Za-z_]\w*)(?=\()|\b(\d+)\b/g
  const tokens: CodeToken[] = []
  let at = 0
  for (const match of source.matchAll(pattern)) {
    if (match.index > at) tokens.push({ text: source.slice(at, match.index), kind: 'plain' })
    const kind = match[1] ? 'comment' : match[2] ? 'string' : match[3] ? 'call' : 'number'
    tokens.push({ text: match[0], kind })
    at = match.index + match[0].length
  }
  if (at < source.length) tokens.push({ text: source.slice(at), kind: 'plain' })
  return tokens
}
