// How a component copies text without knowing who does it.
import { getContext, setContext } from 'svelte'

/** Copies a text; false when it could not. Whoever provides it says why. */
export type CopyText = (text: string) => Promise<boolean>

const key = Symbol('clipboard')

/** Hands the way to copy to every component below. */
export function provideClipboard(copy: CopyText): void {
  setContext(key, copy)
}

/** The way to copy. */
export function getClipboard(): CopyText {
  return getContext<CopyText>(key)
}
