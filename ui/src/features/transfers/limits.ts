// The limits that can be chosen for the speed of transfers: round figures, and whatever else is set.
import { limits as words } from './words'

/** Bytes a second. */
export const rates = [100e3, 250e3, 500e3, 1e6, 2e6, 5e6, 10e6, 20e6, 50e6, 100e6]
/** Transfers at once. */
export const counts = [1, 2, 3, 4, 6, 8]

const none = 'none'

/** `500 KB/s`, `2 MB/s`, without zeros that say nothing. */
export function rateTitle(rate: number): string {
  const [unit, name] = rate < 1e6 ? [1e3, 'KB'] : [1e6, 'MB']
  return `${Number((rate / unit).toPrecision(3))} ${name}/s`
}

/** What a list of choices calls a limit. */
export const rateValue = (rate: number | null): string => (rate === null ? none : String(rate))

/** The limit that was chosen. */
export const chosenRate = (value: string): number | null => (value === none ? null : Number(value))

const withCurrent = (usual: number[], current: number | null): number[] =>
  current === null || usual.includes(current) ? usual : [...usual, current].sort((a, b) => a - b)

/** The limits to choose from; the one that is set is among them. */
export function rateOptions(current: number | null): { value: string; title: string }[] {
  const all = withCurrent(rates, current).map((rate) => ({ value: rateValue(rate), title: rateTitle(rate) }))
  return [{ value: none, title: words.none }, ...all]
}

/** The numbers of transfers at once to choose from. */
export function countOptions(current: number): { value: string; title: string }[] {
  return withCurrent(counts, current).map((count) => ({ value: String(count), title: String(count) }))
}
