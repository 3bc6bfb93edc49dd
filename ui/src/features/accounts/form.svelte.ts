// One account being added or edited: what is typed, what the endpoint was understood as, and the answer of the test.
// The secret lives here only while it is being typed; it is forgotten when the form is sent or closed.
import type { Backend } from '$backend/backend'
import type {
  AccountDraft,
  AccountKind,
  AccountView,
  ConnectionReport,
  EndpointView,
  IpcError,
} from '$backend/bindings'
import { asIpcError } from '$lib/errors'
import { form as words } from './words'

export type FieldName = 'name' | 'endpoint' | 'port' | 'plainHttpConsent' | 'accessKeyId' | 'secretAccessKey'
type Ca = { token: string | null; name: string }

const mostPort = 65_535
const allFields: FieldName[] = ['name', 'endpoint', 'port', 'plainHttpConsent', 'accessKeyId', 'secretAccessKey']

export class AccountForm {
  readonly account: AccountView | null
  name = $state('')
  kind = $state<AccountKind>('s3Compatible')
  endpoint = $state('')
  port = $state('')
  tls = $state(true)
  accessKeyId = $state('')
  secret = $state('')
  projectId = $state('')
  region = $state('')
  addressing = $state<AccountDraft['addressing']>('path')
  signature = $state<AccountDraft['signature']>('v4')
  ca = $state.raw<Ca | null>(null)
  pinned = $state<string | null>(null)

  understood = $state.raw<EndpointView | null>(null)
  endpointError = $state<string | null>(null)
  missing = $state.raw<ReadonlySet<FieldName>>(new Set())
  error = $state.raw<IpcError | null>(null)
  busy = $state<'test' | 'save' | null>(null)
  #answer = $state.raw<{ report: ConnectionReport; about: string } | null>(null)
  #backend: Backend
  #asked = 0
  #pinnedHost: string | null = null
  #consentHost = $state<string | null>(null)
  #closed = false

  constructor(backend: Backend, account: AccountView | null) {
    this.#backend = backend
    this.account = account
    if (account !== null) this.#fill(account)
  }

  #fill(account: AccountView): void {
    this.name = account.name
    this.kind = account.kind
    this.endpoint = account.host + account.basePath
    this.port = account.port === null ? '' : String(account.port)
    this.tls = account.encrypted
    this.accessKeyId = account.accessKeyId
    this.projectId = account.projectId ?? ''
    this.region = account.region
    this.addressing = account.addressing
    this.signature = account.signature
    this.ca = account.caCertificate === null ? null : { token: null, name: account.caCertificate }
    this.pinned = account.pinnedCertificate
    this.#pinnedHost = account.host
    if (account.plainHttpConsent) this.#consentHost = account.host
  }

  get isNew(): boolean {
    return this.account === null
  }

  /** Whether a secret is known without typing one. */
  get secretKept(): boolean {
    return this.account !== null && this.account.secretSaved !== 'missing'
  }

  /** Whether requests would go to another computer unencrypted, which must be agreed to. */
  get needsConsent(): boolean {
    return this.kind === 's3Compatible' && this.understood?.needsConsent === true
  }

  /** Whether plain http to this very host was agreed to. */
  get consents(): boolean {
    return this.needsConsent && this.#consentHost === this.understood?.host
  }

  consent(agreed: boolean): void {
    this.#consentHost = agreed ? (this.understood?.host ?? null) : null
  }

  /** The answer of the last test, until a field it depends on changes. */
  get report(): ConnectionReport | null {
    return this.#answer !== null && this.#answer.about === this.#connection ? this.#answer.report : null
  }

  /** A Project ID the server's answer suggests and the form does not have yet. */
  get suggestedProjectId(): string | null {
    const suggested = this.report?.suggestedProjectId ?? null
    return suggested === this.projectId.trim() ? null : suggested
  }

  /** Asks what the endpoint means; an answer that comes after a newer question is dropped. */
  async understand(): Promise<void> {
    const asked = ++this.#asked
    if (this.kind !== 's3Compatible' || this.endpoint.trim() === '') {
      this.understood = null
      this.endpointError = null
      return
    }
    try {
      const view = await this.#backend.parseEndpoint(this.endpoint, this.#portNumber, this.tls)
      if (asked !== this.#asked) return
      this.understood = view
      this.endpointError = null
    } catch (thrown) {
      if (asked !== this.#asked) return
      this.understood = null
      this.endpointError = asIpcError(thrown).message
    }
  }

  /** After the endpoint is typed: a scheme in it sets TLS, a port in it moves to the port field. */
  async settleEndpoint(): Promise<void> {
    const typed = this.endpoint
    await this.understand()
    const view = this.understood
    // Whoever types on meanwhile is not interrupted by what was understood before.
    if (view === null || this.endpoint !== typed) return
    this.tls = view.scheme === 'https'
    this.port = view.port === null ? this.port : String(view.port)
    this.endpoint = view.host + view.basePath
    if (this.pinned !== null && this.#pinnedHost !== view.host) this.pinned = null
  }

  /** A pasted console address becomes the ID in it; anything else stays as typed. */
  async settleProjectId(): Promise<void> {
    const typed = this.projectId.trim()
    if (!typed.includes('/')) {
      this.projectId = typed
      return
    }
    const found = await this.#backend.suggestProjectId(typed)
    if (found !== null && this.projectId.trim() === typed) this.projectId = found
  }

  useSuggestedProjectId(): void {
    this.projectId = this.suggestedProjectId ?? this.projectId
  }

  async chooseCa(): Promise<void> {
    const chosen = await this.#backend.chooseCaCertificate()
    if (chosen !== null) this.ca = { token: chosen.token, name: `${chosen.name} (${chosen.subject})` }
  }

  removeCa(): void {
    this.ca = null
  }

  /** Trusts the certificate the test showed, for this host only, and tests again. */
  async trustCertificate(): Promise<void> {
    const certificate = this.report?.certificate ?? null
    if (certificate === null) return
    this.pinned = certificate.sha256
    this.#pinnedHost = this.understood?.host ?? null
    await this.test()
  }

  async test(): Promise<void> {
    if (this.busy !== null || !this.#complete(allFields.slice(1))) return
    this.busy = 'test'
    this.error = null
    await this.#settleFields()
    const about = this.#connection
    try {
      const report = await this.#backend.testAccount(this.#draft())
      this.#answer = { report, about }
    } catch (thrown) {
      this.error = asIpcError(thrown)
    } finally {
      this.busy = null
    }
  }

  /** Whether these very fields were tested and did not lead to a server that takes the keys. */
  get failedTest(): boolean {
    return this.report !== null && !usable(this.report)
  }

  /** Adds the account once a test succeeds; pressed again after a failed one, it adds it all the same. Edits are just saved. */
  async submit(): Promise<AccountView | null> {
    if (this.isNew && this.report === null) {
      if (!this.#complete(allFields)) return null
      await this.test()
      if (this.report === null || this.failedTest) return null
    }
    return this.save()
  }

  /** Saves, and gives the account; null when something is missing or was refused. The secret is forgotten once it is sent. */
  async save(): Promise<AccountView | null> {
    if (this.busy !== null) return null
    if (!this.#complete(allFields)) return null
    this.busy = 'save'
    this.error = null
    await this.#settleFields()
    try {
      const saved = await this.#backend.saveAccount(this.#draft())
      this.forget()
      return saved
    } catch (thrown) {
      if (!this.#closed) this.error = asIpcError(thrown)
      return null
    } finally {
      this.busy = null
    }
  }

  /** Drops the secret; the form calls it when it closes. */
  forget(): void {
    this.secret = ''
    this.#closed = true
  }

  clearSecret(): void {
    this.secret = ''
  }

  /** What is wrong with a field, in words; nothing until the form was sent. */
  problem(field: FieldName): string | null {
    if (field === 'endpoint' && this.endpointError !== null) return this.endpointError
    if (this.error?.details.field === field) return this.error.message
    return this.missing.has(field) ? words.missing[field] : null
  }

  /** Everything the test's answer depends on. */
  get #connection(): string {
    const { kind, endpoint, port, tls, accessKeyId, secret, region, addressing, signature, ca, pinned } = this
    return JSON.stringify([kind, endpoint, port, tls, accessKeyId, secret, region, addressing, signature, ca, pinned])
  }

  get #portNumber(): number | null {
    const port = Number(this.port.trim())
    return this.port.trim() !== '' && Number.isInteger(port) && port > 0 && port <= mostPort ? port : null
  }

  async #settleFields(): Promise<void> {
    if (this.kind === 's3Compatible') await this.settleEndpoint()
    await this.settleProjectId()
  }

  #complete(fields: FieldName[]): boolean {
    const empty: Record<FieldName, boolean> = {
      name: this.name.trim() === '',
      endpoint: this.kind === 's3Compatible' && this.endpoint.trim() === '',
      port: this.port.trim() !== '' && this.#portNumber === null,
      plainHttpConsent: this.needsConsent && !this.consents,
      accessKeyId: this.accessKeyId.trim() === '',
      secretAccessKey: this.secret.trim() === '' && !this.secretKept,
    }
    this.missing = new Set(fields.filter((field) => empty[field]))
    return this.missing.size === 0
  }

  #draft(): AccountDraft {
    const amazon = this.kind === 'amazon'
    const secret = this.secret.trim()
    return {
      id: this.account?.id ?? null,
      name: this.name.trim(),
      kind: this.kind,
      endpoint: amazon ? amazonHost(this.region.trim()) : this.endpoint.trim(),
      port: amazon ? null : this.#portNumber,
      tls: amazon || this.tls,
      plainHttpConsent: this.consents,
      accessKeyId: this.accessKeyId.trim(),
      secretAccessKey: secret === '' ? null : secret,
      projectId: amazon ? null : this.projectId.trim() || null,
      region: this.region.trim(),
      addressing: this.addressing,
      signature: this.signature,
      caToken: this.ca?.token ?? null,
      removeCa: this.ca === null && (this.account?.caCertificate ?? null) !== null,
      pinnedCertificate: this.pinned,
    }
  }
}

/** Keys that work, even if they may not list buckets. */
function usable(report: ConnectionReport): boolean {
  return report.outcome === 'connected' || report.outcome === 'listingDenied'
}

/** Amazon's endpoint of a region; without one, the first region's. */
export function amazonHost(region: string): string {
  return region === '' || region === 'us-east-1' ? 's3.amazonaws.com' : `s3.${region}.amazonaws.com`
}

/** `7A:19:C4:…`, however it came. */
export function formatFingerprint(sha256: string): string {
  const hex = sha256.replace(/[^0-9a-f]/gi, '').toUpperCase()
  return hex.match(/../g)?.join(':') ?? sha256
}

/** Its first and last four pairs, for where it is only recognised, not compared. */
export function shortFingerprint(sha256: string): string {
  const full = formatFingerprint(sha256)
  return full.length > 40 ? `${full.slice(0, 11)} … ${full.slice(-11)}` : full
}
