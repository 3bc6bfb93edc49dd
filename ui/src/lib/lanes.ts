// A few things at a time, in the order asked for.

/** Runs at most `width` works at once; the others wait their turn. */
export class Lanes {
  private busy = 0
  private waiting: (() => void)[] = []

  constructor(private readonly width: number) {}

  /** Runs the work when there is a lane, and gives what it gives. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.busy >= this.width) await new Promise<void>((resolve) => this.waiting.push(resolve))
    else this.busy += 1
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.busy -= 1
      else next()
    }
  }
}
