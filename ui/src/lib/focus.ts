// Where a script puts the keyboard focus, and whether its ring is drawn. After a click nobody needs a ring; after a key it
// is the only sign of where one is. Web views guess, and guess no ring after Ctrl with a letter or, in WebKit, in a sheet
// that a key opened; so it is said.

import { tick } from 'svelte'

let byKey = false
/** How often a key or the pointer was pressed: whether a person did something since is told by it. */
let inputs = 0

/** Takes note of what was used last, the keyboard or the pointer. */
export function followInput(): void {
  const note = (event: Event) => {
    byKey = event.type === 'keydown'
    inputs += 1
  }
  addEventListener('keydown', note, { capture: true })
  addEventListener('pointerdown', note, { capture: true })
}

/** Focuses an element; with its ring when a key led here. */
export function focusShown(element: HTMLElement | null | undefined): void {
  if (!element) return
  element.focus(byKey ? ({ focusVisible: true } as FocusOptions) : undefined)
  if (!byKey || element !== document.activeElement || element.matches(':focus-visible')) return
  // A web view that does not know the option: the class draws the same ring.
  element.classList.add('is-focus')
  element.addEventListener('blur', () => element.classList.remove('is-focus'), { once: true })
}

/**
 * Focuses what this finds as soon as it is drawn, a field with its text selected. A menu or sheet that closes gives the
 * focus back a little later: then it is taken again, unless a person did something since, for that is newer.
 */
export async function focusDrawn(find: () => HTMLElement | null | undefined): Promise<void> {
  const asked = inputs
  const take = () => {
    const element = find()
    if (inputs !== asked || element === document.activeElement) return
    focusShown(element)
    if (element instanceof HTMLInputElement) element.select()
  }
  await tick()
  take()
  requestAnimationFrame(take)
}
