// A toolbar is one tab stop: the arrows walk its buttons, and Tab comes back to the one that was left.

/** An attachment for the element around the buttons. */
export function roving(bar: HTMLElement): () => void {
  const buttons = () => [...bar.querySelectorAll<HTMLButtonElement>('button')]
  const stopAt = (stop: Element | undefined) => {
    for (const button of buttons()) button.tabIndex = button === stop ? 0 : -1
  }

  function focused(event: FocusEvent) {
    if (event.target instanceof HTMLButtonElement) stopAt(event.target)
  }

  function walk(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const stops = buttons().filter((button) => !button.disabled)
    const at = stops.findIndex((button) => button === event.target)
    const steps: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: stops.length - 1,
    }
    const next = stops[steps[event.key] ?? -1]
    if (at === -1 || next === undefined) return
    event.preventDefault()
    next.focus()
  }

  stopAt(buttons().find((button) => !button.disabled))
  bar.addEventListener('focusin', focused)
  bar.addEventListener('keydown', walk)
  return () => {
    bar.removeEventListener('focusin', focused)
    bar.removeEventListener('keydown', walk)
  }
}
