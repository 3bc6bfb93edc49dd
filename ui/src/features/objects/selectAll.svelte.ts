// Selecting all while the listing still runs: only what was listed can be selected, so it is asked whether that is meant.
// Who waits gets all rows when the listing ends; a listing that was stopped or failed never has them all, and says so.
import type { ViewState } from '$backend/backend'

type Question = 'none' | 'asking' | 'waiting'

export class SelectAll {
  question = $state<Question>('none')
  private viewId: string | null = null

  constructor(
    private readonly select: () => Promise<void>,
    private readonly gaveUp: () => void,
  ) {}

  /** All rows that match. While rows are still coming this asks first. */
  async ask(viewId: string, state: ViewState): Promise<void> {
    this.viewId = viewId
    if (state === 'listing') this.question = 'asking'
    else await this.finish()
  }

  /** Only what was listed so far. */
  takeListed(): Promise<void> {
    return this.finish()
  }

  /** All of them, once they are there. */
  wait(): void {
    this.question = 'waiting'
  }

  /** Nothing after all. */
  drop(): void {
    this.question = 'none'
  }

  /** Takes note of how far the listing is. Its end answers an open question: what was listed is all there is. */
  async follow(viewId: string | null, state: ViewState | undefined): Promise<void> {
    if (this.question === 'none') return
    if (viewId !== this.viewId || state === undefined) this.drop()
    else if (state === 'listing') return
    else if (this.question === 'waiting' && state !== 'complete') {
      this.drop()
      this.gaveUp()
    } else await this.finish()
  }

  private finish(): Promise<void> {
    this.question = 'none'
    return this.select()
  }
}
