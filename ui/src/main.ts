// The entry: picks the backend, asks it how to start, and draws the window. Inside Tauri the backend is the shell; in a
// browser it is the mock, so that the whole app can be seen and tested without a window.
import { mount } from 'svelte'
import App from './app/App.svelte'
import StartFailed from './app/StartFailed.svelte'
import type { Backend } from '$backend/backend'
import { tauriBackend } from '$backend/tauri'
import { asIpcError } from '$lib/errors'
import { followInput } from '$lib/focus'
import { followTheme } from '$lib/theme'
import './styles/index.css'

async function chooseBackend(): Promise<Backend> {
  if ('__TAURI_INTERNALS__' in window) return tauriBackend
  return (await import('$backend/mock')).mockFromAddress(location.search)
}

/** The page is an app: no browser menu outside fields, no dropping a file over it. */
function tameBrowser(): void {
  addEventListener('contextmenu', (event) => {
    if (!(event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement))
      event.preventDefault()
  })
  addEventListener('dragover', (event) => event.preventDefault())
  addEventListener('drop', (event) => event.preventDefault())
}

/** No reload and no printing by key. Called after the app listens: it takes no key from anybody who has answered it. */
function tameKeys(): void {
  if (import.meta.env.DEV) return
  addEventListener('keydown', (event) => {
    const command = event.ctrlKey || event.metaKey
    if (event.key === 'F5' || (command && 'rp'.includes(event.key.toLowerCase()))) event.preventDefault()
  })
}

async function start(target: HTMLElement): Promise<void> {
  tameBrowser()
  followInput()
  const stop = followTheme('system')
  try {
    const backend = await chooseBackend()
    const view = await backend.start()
    stop()
    mount(App, { target, props: { backend, start: view } })
  } catch (error) {
    mount(StartFailed, { target, props: { error: asIpcError(error) } })
  }
  tameKeys()
}

const target = document.getElementById('app')
if (target !== null) void start(target)
