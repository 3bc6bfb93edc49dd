// How a component copies text without knowing who does it.
import { getContext, setContext } from 'svelte'

export type CopyText = (text: string) => Promise<void>

const key = Symbol('clipboard')

/** Hands the way to copy to every component below. */
export function provideClipboard(copy: CopyText): void {
  setContext(key, copy)
}

/** The way to copy. */
export function getClipboard(): CopyText {
  return getContext<CopyText>(key)
}
