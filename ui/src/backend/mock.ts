// The whole backend in memory: the app runs on it in a browser, and tests drive it. It has slow pages, a bucket that
// denies, a server without ACLs, transfers that fail, and it enforces the one-time tokens as the real one does.
import type { StartView } from './bindings'
import type { Backend } from './backend'
import { accountsPart } from './mock/accounts'
import { bucketsPart } from './mock/buckets'
import { linksPart } from './mock/links'
import { objectsPart } from './mock/objects'
import { permissionsPart } from './mock/permissions'
import { seed } from './mock/seed'
import { seedTransfers, Transfers } from './mock/transfers'
import { uploadsPart } from './mock/uploads'
import { Views, viewsPart } from './mock/views'
import { World, type MockOptions } from './mock/world'

export function createMock(options: MockOptions = {}): Backend {
  const world = new World(options)
  const keychain = options.keychain ?? true
  if (options.seeded ?? true) seed(world)
  const views = new Views(world)
  const transfers = new Transfers(world)
  if (options.transfers ?? options.seeded ?? true) seedTransfers(transfers, world.now())
  return {
    ...windowPart(world, transfers, keychain),
    ...accountsPart(world, keychain),
    ...bucketsPart(world, transfers),
    ...objectsPart(views),
    ...viewsPart(views, transfers),
    ...uploadsPart(views, transfers),
    ...transfers.part(),
    ...permissionsPart(views, transfers),
    ...linksPart(views),
  }
}

/** Options from the address bar: `?mock&first` is a first start, `&nokeychain` one without a keychain, `&fast` has no waits. */
export function mockFromAddress(search: string): Backend {
  const asked = new URLSearchParams(search)
  return createMock({
    pace: asked.has('fast') ? 0 : 1,
    seeded: !asked.has('first'),
    transfers: !asked.has('first') && !asked.has('quiet'),
    keychain: !asked.has('nokeychain'),
  })
}

type WindowPart = Pick<
  Backend,
  | 'start'
  | 'saveLayout'
  | 'saveSettings'
  | 'windowAction'
  | 'watchClosing'
  | 'copyText'
  | 'openUrl'
  | 'diagnostics'
  | 'watchEvents'
  | 'clearEvents'
>

function windowPart(world: World, transfers: Transfers, keychain: boolean): WindowPart {
  let closing: ((running: number) => void) | null = null
  const missing = 'There is no keychain on this system. Secrets are kept in memory and forgotten when Dipper closes.'
  return {
    async start() {
      const view: StartView = {
        version: '0.1.0',
        platform: 'linux',
        accounts: [...world.accounts.values()].map((account) => account.view),
        keychain: { available: keychain, message: keychain ? null : missing },
        settings: world.settings,
        layout: world.layout,
      }
      return Promise.resolve(view)
    },
    async saveLayout(layout) {
      world.layout = layout
      return Promise.resolve()
    },
    async saveSettings(settings) {
      world.settings = settings
      return Promise.resolve(settings)
    },
    async windowAction(action) {
      if (action === 'close' && transfers.underWay > 0) closing?.(transfers.underWay)
      // A browser keeps its own zoom to itself; this one is close enough to look at.
      if (typeof action === 'object' && typeof document !== 'undefined')
        document.documentElement.style.setProperty('zoom', `${action.zoom}%`)
      return Promise.resolve()
    },
    async watchClosing(running) {
      closing = running
      return Promise.resolve(() => (closing = null))
    },
    async copyText(text) {
      if (typeof navigator !== 'undefined' && 'clipboard' in navigator) await navigator.clipboard.writeText(text)
    },
    async openUrl(url) {
      if (!/^https?:\/\//.test(url)) throw new Error('Only web addresses are opened')
      if (typeof window !== 'undefined') window.open(url, '_blank', 'noopener')
      return Promise.resolve()
    },
    diagnostics: () => Promise.resolve('Dipper 0.1.0 on linux, running on the mock'),
    watchEvents: (events) => Promise.resolve(world.watchEvents(events)),
    async clearEvents() {
      world.clearEvents()
      return Promise.resolve()
    },
  }
}
