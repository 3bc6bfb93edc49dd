// Where a script puts the keyboard focus, and whether its ring is drawn. After a click nobody needs a ring; after a key it
// is the only sign of where one is. Web views guess, and guess no ring after Ctrl with a letter or, in WebKit, in a sheet
// that a key opened; so it is said.

let byKey = false

/** Takes note of what was used last, the keyboard or the pointer. */
export function followInput(): void {
  const note = (event: Event) => (byKey = event.type === 'keydown')
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
