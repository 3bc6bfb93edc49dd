import { flushSync } from 'svelte'
import { describe, expect, it } from 'vitest'
import { ever } from './once.svelte'

describe('ever', () => {
  it('is no until it was true once, and yes from then on', () => {
    let open = $state(false)
    const stop = $effect.root(() => {
      const opened = ever(() => open)
      expect(opened.yes).toBe(false)
      open = true
      flushSync()
      expect(opened.yes).toBe(true)
      open = false
      flushSync()
      expect(opened.yes).toBe(true)
    })
    stop()
  })
})
