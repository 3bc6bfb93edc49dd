// The parts of a path and which of them have room. Pure.

export type Crumb = { name: string; prefix: string }

/** `2026/harbour/` → 2026, harbour, each with its prefix. Empty segments are parts too. */
export function crumbsOf(prefix: string): Crumb[] {
  const names = prefix.split('/').slice(0, -1)
  return names.map((name, index) => ({ name, prefix: `${names.slice(0, index + 1).join('/')}/` }))
}

/** Rough pixels of a part with its separator, for a 12 px face. */
const widthOf = (name: string) => 28 + Math.min(name.length, 40) * 6.6

/**
 * Hides middle parts until the rest has room: the first part goes first, the current folder always stays.
 * `width` is what is left beside the bucket.
 */
export function foldCrumbs(crumbs: Crumb[], width: number): { hidden: Crumb[]; shown: Crumb[] } {
  let hidden = 0
  const needed = () => crumbs.slice(hidden).reduce((sum, { name }) => sum + widthOf(name), hidden > 0 ? 36 : 0)
  while (hidden < crumbs.length - 1 && needed() > width) hidden += 1
  return { hidden: crumbs.slice(0, hidden), shown: crumbs.slice(hidden) }
}
