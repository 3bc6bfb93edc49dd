// The size of an element, told when it is known anyhow.
import type { Attachment } from 'svelte/attachments'

/**
 * Tells an element's inner width and height once the page is laid out, and whenever they change. Svelte's `bind:clientHeight`
 * measures while the page is still being built, and at the start that is one more layout of everything.
 */
export function onSize(take: (width: number, height: number) => void): Attachment<HTMLElement> {
  return (element) => {
    const observer = new ResizeObserver(() => take(element.clientWidth, element.clientHeight))
    observer.observe(element)
    return () => observer.disconnect()
  }
}
