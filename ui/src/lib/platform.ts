// Which platform's habits this page follows; components read it for shortcuts.
import { getContext, setContext } from 'svelte'
import type { Platform } from './shortcuts'

const key = Symbol('platform')

/** Tells every component below which platform this is. */
export function providePlatform(platform: Platform): void {
  setContext(key, platform)
}

/** The platform; Linux where nobody said. */
export function getPlatform(): Platform {
  return getContext<Platform | undefined>(key) ?? 'linux'
}
