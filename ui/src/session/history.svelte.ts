// Where one has been: a line of places with a point on it.

/** Back and forward over places; visiting drops what lay ahead. */
export class History<Place> {
  private places = $state.raw<Place[]>([])
  private at = $state(-1)

  constructor(private readonly same: (a: Place, b: Place) => boolean) {}

  get current(): Place | null {
    return this.places[this.at] ?? null
  }

  get canGoBack(): boolean {
    return this.at > 0
  }

  get canGoForward(): boolean {
    return this.at < this.places.length - 1
  }

  /** Goes to a place. The place one is at already is replaced, not repeated. At most 200 are kept. */
  visit(place: Place): void {
    const here = this.current
    const kept = this.places.slice(0, here !== null && this.same(here, place) ? this.at : this.at + 1)
    this.places = [...kept, place].slice(-200)
    this.at = this.places.length - 1
  }

  /** The place before, or null at the start. */
  back(): Place | null {
    if (!this.canGoBack) return null
    this.at -= 1
    return this.current
  }

  /** The place one came back from, or null at the end. */
  forward(): Place | null {
    if (!this.canGoForward) return null
    this.at += 1
    return this.current
  }

  /** Forgets all places, as when the account changes. */
  clear(): void {
    this.places = []
    this.at = -1
  }

  /** Forgets places that no longer exist; the current one moves to the nearest that is left before it. */
  forget(gone: (place: Place) => boolean): void {
    const before = this.places.slice(0, this.at + 1).filter((place) => !gone(place))
    this.places = this.places.filter((place) => !gone(place))
    this.at = before.length - 1
  }
}
