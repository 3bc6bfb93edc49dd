// Which theme is drawn. The style sheet holds dark once, under a mark on the root; who follows the system is given that mark
// here, and again when the system changes.

export type Theme = 'system' | 'light' | 'dark'

const dark = () => matchMedia('(prefers-color-scheme: dark)')

function draw(theme: Theme): void {
  document.documentElement.dataset.theme = theme === 'system' ? (dark().matches ? 'dark' : 'light') : theme
}

/** Draws a theme and, for the system's, follows it until the returned function is called. */
export function followTheme(theme: Theme): () => void {
  draw(theme)
  if (theme !== 'system') return () => undefined
  const system = dark()
  const changed = () => draw('system')
  system.addEventListener('change', changed)
  return () => system.removeEventListener('change', changed)
}
