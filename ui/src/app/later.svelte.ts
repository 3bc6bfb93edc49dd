// What the first screen does not need is loaded after it, or as soon as it is asked for.
import type Overlays from './Overlays.svelte'
import type { Shell } from './shell.svelte'

/** In milliseconds. The list is drawn by then. */
const pause = 300

/** The component of what opens over the window, once it is loaded. Called from the root component. */
export function loadOverlays(shell: Shell): { readonly part: typeof Overlays | null } {
  const { session } = shell
  let part = $state.raw<typeof Overlays | null>(null)
  const load = () => session.attempt(async () => (part = (await import('./Overlays.svelte')).default))
  $effect(() => {
    if (part !== null) return
    const asked = shell.paletteOpen || session.dialogs.items.length > 0
    const timer = setTimeout(load, asked ? 0 : pause)
    return () => clearTimeout(timer)
  })
  return {
    get part() {
      return part
    },
  }
}
