// Typing a name in a list: letters within a short time are one word.

/** How long a pause may be inside a word. */
export const typingPause = 600

/** Collects typed letters into the word to look for. */
export class Typeahead {
  private typed = ''
  private last = 0

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The word so far, or null when the key is not a letter of one. */
  take(event: KeyboardEvent): string | null {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return null
    const at = this.now()
    const fresh = at - this.last > typingPause
    if (fresh && event.key === ' ') return null
    this.last = at
    // The same letter again means the next name with it.
    const again = !fresh && this.typed === event.key
    this.typed = fresh || again ? event.key : this.typed + event.key
    return this.typed
  }
}
