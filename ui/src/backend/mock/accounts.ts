// Accounts in the mock: endpoints are understood as Rust does, and some hosts answer a test in a telling way.
import type { AccountDraft, AccountView, ConnectionOutcome, ConnectionReport, EndpointView } from '../bindings'
import type { Backend } from '../backend'
import { Failure } from './failure'
import { account as newAccount, bucket, projectId } from './seed'
import type { World } from './world'

type AccountPart = Pick<
  Backend,
  | 'parseEndpoint'
  | 'suggestProjectId'
  | 'testAccount'
  | 'saveAccount'
  | 'planRemoveAccount'
  | 'removeAccount'
  | 'chooseCaCertificate'
  | 'openLocalStorage'
>

export function accountsPart(world: World, keychain: boolean): AccountPart {
  return {
    parseEndpoint: async (endpoint, port, tls) => Promise.resolve(parseEndpoint(endpoint, port, tls)),
    suggestProjectId: async (pasted) => Promise.resolve(/[0-9a-f]{32}/i.exec(pasted)?.[0].toLowerCase() ?? null),
    async testAccount(draft) {
      await world.wait(420)
      const report = answer(draft)
      world.record({
        operation: 'ListBuckets',
        method: 'GET',
        target: '/',
        account: draft.name,
        status: report.outcome === 'connected' ? 200 : null,
      })
      return report
    },
    async saveAccount(draft) {
      await world.wait(160)
      return save(world, draft, keychain)
    },
    async planRemoveAccount(id) {
      const { view, buckets } = world.account(id)
      const text = `Its keys leave the keychain. The ${buckets.size} buckets and everything in them stay on the server.`
      return Promise.resolve({ token: world.plans.issue('removeAccount', id), account: view, text })
    },
    async removeAccount(token) {
      world.accounts.delete(world.plans.redeem<string>('removeAccount', token))
      return Promise.resolve()
    },
    async chooseCaCertificate() {
      await world.wait(60)
      return { token: world.id('ca'), name: 'example-storage-ca.pem', subject: 'Example Storage Internal CA' }
    },
    async openLocalStorage() {
      await world.wait(300)
      const known = [...world.accounts.values()].find((one) => one.view.kind === 'local')
      if (known) return known.view
      const local = newAccount('local', 'This computer', '127.0.0.1:39000', {
        kind: 'local',
        scheme: 'http',
        localFolder: '/home/you/Dipper',
        projectId,
      })
      world.accounts.set('local', local)
      return local.view
    },
  }
}

export function parseEndpoint(endpoint: string, port: number | null, tls: boolean): EndpointView {
  const text = endpoint.trim().replace(/\*+/g, '').trim()
  const scheme = /^https:/i.test(text) ? 'https' : /^http:/i.test(text) ? 'http' : tls ? 'https' : 'http'
  const rest = text.replace(/^https?:\/\//i, '').replace(/\/+$/, '')
  const [authority = '', ...path] = rest.split('/')
  const [, host = '', inText] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? []
  if (host === '' || /[^\w.-]/.test(host)) {
    throw new Failure('invalidInput', 'This is not the name of a server', 'Type a host such as objects.example.net.', {
      field: 'endpoint',
    })
  }
  const found = inText ? Number(inText) : port
  const usual = scheme === 'https' ? 443 : 80
  const shown = found === null || found === usual ? '' : `:${found}`
  const basePath = path.length > 0 ? `/${path.join('/')}` : ''
  const here = /^(localhost|127\.[\d.]+)$/.test(host)
  const needsConsent = scheme === 'http' && !here
  return { scheme, host, port: found, basePath, needsConsent, url: `${scheme}://${host}${shown}${basePath}/` }
}

type Answer = [outcome: ConnectionOutcome, tone: ConnectionReport['tone'], title: string, text: string]

/** Tests answer by what is typed: `wrong` in a secret, a host that does not exist, and so on. */
function answer(draft: AccountDraft): ConnectionReport {
  const host = draft.endpoint.replace(/^https?:\/\//, '').split(/[:/]/)[0] ?? ''
  const [outcome, tone, title, text] = choose(draft, host)
  return {
    outcome,
    tone,
    title,
    text,
    serverAnswer: outcome === 'wrongSecret' ? '403 SignatureDoesNotMatch, request tx0000a41f-6702' : null,
    buckets: outcome === 'connected' ? 9 : null,
    elapsedMs: 212,
    skewSeconds: outcome === 'clockWrong' ? -1_020 : outcome === 'connected' ? 0 : null,
    suggestedProjectId: outcome === 'connected' && !draft.projectId ? projectId : null,
    certificate: outcome === 'certificateNotTrusted' ? certificate : null,
  }
}

const certificate = {
  subject: 'objects.internal.example',
  issuer: 'Example Storage Internal CA',
  sha256: '7A:19:C4:0E:9B:22:41:F0:6D:8E:13:A7:55:C2:90:4B:1F:E8:37:6A:D4:09:BC:71:2E:83:5F:06:5B:D2:90:3F',
  notBefore: Date.parse('2026-01-01'),
  notAfter: Date.parse('2028-01-01'),
}

function choose(draft: AccountDraft, host: string): Answer {
  const how = `signature ${draft.signature.toUpperCase()}, ${draft.addressing === 'virtualHost' ? 'virtual host' : 'path'} style, clock in step.`
  if (draft.accessKeyId.startsWith('UNKNOWN')) {
    return [
      'wrongAccessKey',
      'bad',
      'The server does not know this access key',
      'Copy the access key ID again from your provider’s credentials page.',
    ]
  }
  if (draft.secretAccessKey?.includes('wrong')) {
    return [
      'wrongSecret',
      'bad',
      'The secret key doesn’t match this access key',
      'The server knows the access key but refused the signature. Copy the secret again, it is often cut short when pasted.',
    ]
  }
  if (host.includes('exmaple')) {
    return [
      'nameNotFound',
      'bad',
      `Can’t find ${host}`,
      'No such name in DNS. Check the spelling of the endpoint, without the bucket name. Are you on the right network or VPN?',
    ]
  }
  if (host.startsWith('refused'))
    return [
      'refused',
      'bad',
      `${host} refused the connection`,
      'Something answers there, but not on this port. Check the port.',
    ]
  if (host.startsWith('slow'))
    return [
      'timedOut',
      'bad',
      `${host} did not answer in 10 s`,
      'A firewall may be dropping the connection. Check the port and the network.',
    ]
  if (host.endsWith('internal.example') && draft.pinnedCertificate === null && draft.caToken === null) {
    return [
      'certificateNotTrusted',
      'note',
      'This server’s certificate isn’t trusted',
      'It was issued by an authority this computer does not know.',
    ]
  }
  if (host.startsWith('clock')) {
    return [
      'clockWrong',
      'note',
      'Your clock is 17 minutes behind the server',
      'Signed requests are refused beyond 15 minutes. Set this computer’s clock, then try again.',
    ]
  }
  if (host.startsWith('limited')) {
    return [
      'listingDenied',
      'info',
      'The keys work, but may not list buckets',
      'That is common for keys limited to one bucket. Add the account and name the buckets you may open.',
    ]
  }
  if (host.startsWith('plain') && draft.tls) {
    return [
      'plainHttp',
      'bad',
      'This port does not speak TLS',
      'It answered in plain HTTP. Check the port, or turn secure transfer off.',
    ]
  }
  if (host.startsWith('secure') && !draft.tls) {
    return ['needsTls', 'bad', 'This port wants TLS', 'It refused a plain request. Turn secure transfer on.']
  }
  if (host.startsWith('www'))
    return [
      'notS3',
      'bad',
      `${host} is not an S3 server`,
      'It answered with a web page. Check the endpoint on your provider’s page.',
    ]
  if (!draft.tls) {
    return [
      'connected',
      'note',
      'Connected, but nothing is encrypted on the way',
      'Anyone on the network path can read and change what you send. Use it only on a network you trust.',
    ]
  }
  return ['connected', 'ok', 'Connected: 9 buckets in 212 ms', `TLS 1.3 with a trusted certificate, ${how}`]
}

function save(world: World, draft: AccountDraft, keychain: boolean): AccountView {
  if (draft.kind === 's3Compatible' && draft.secretAccessKey === '') {
    throw new Failure('invalidInput', 'The secret access key is missing', null, { field: 'secretAccessKey' })
  }
  const known = draft.id === null ? undefined : world.accounts.get(draft.id)
  const { scheme, host, port, basePath, needsConsent } =
    draft.kind === 'amazon'
      ? parseEndpoint('s3.amazonaws.com', null, true)
      : parseEndpoint(draft.endpoint, draft.port, draft.tls)
  if (needsConsent && !draft.plainHttpConsent) {
    throw new Failure('invalidInput', `“${host}” would be spoken to over plain http.`, null, {
      field: 'plainHttpConsent',
    })
  }
  const id = known?.view.id ?? world.id('account')
  const fresh = newAccount(id, draft.name, port === null ? host : `${host}:${port}`, {
    kind: draft.kind,
    scheme,
    host,
    port,
    basePath,
    encrypted: scheme === 'https',
    plainHttpConsent: draft.plainHttpConsent,
    accessKeyId: draft.accessKeyId,
    secretSaved: keychain ? 'keychain' : 'memory',
    projectId: draft.projectId,
    region: draft.region,
    addressing: draft.addressing,
    signature: draft.signature,
    caCertificate: draft.removeCa
      ? null
      : draft.caToken
        ? 'example-storage-ca.pem'
        : (known?.view.caCertificate ?? null),
    pinnedCertificate: draft.pinnedCertificate,
  })
  if (known) known.view = fresh.view
  else {
    fresh.mayListBuckets = !host.startsWith('limited')
    if (fresh.mayListBuckets)
      fresh.buckets.set(
        'first-bucket',
        bucket('first-bucket', '2026-11-01', () => new Map()),
      )
    world.accounts.set(id, fresh)
  }
  return fresh.view
}
