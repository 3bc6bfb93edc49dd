// How numbers, sizes, times and plurals are written everywhere in Dipper. Pure; local time zone.

const thinSpace = '\u2009'
const sizeUnits = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const two = (value: number) => String(value).padStart(2, '0')

/** `1 204`: thousands parted by a thin space. */
export function formatNumber(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, thinSpace)
}

/** `4.82 MB`: decimal units, three significant digits. */
export function formatSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < sizeUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  if (unit === 0) return `${value} B`
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${sizeUnits[unit]}`
}

/** `4 821 334 bytes`, for tooltips and properties. */
export function formatBytesExactly(bytes: number): string {
  return `${formatNumber(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`
}

/** `18.4 MB/s` */
export function formatSpeed(bytesPerSecond: number): string {
  return `${formatSize(Math.round(bytesPerSecond))}/s`
}

/** `18 Nov 2026` */
export function formatDay(at: number): string {
  const date = new Date(at)
  return `${date.getDate()} ${months[date.getMonth()]} ${date.getFullYear()}`
}

/** `14:31` */
export function formatTime(at: number): string {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** `14:31:07` */
export function formatTimeExactly(at: number): string {
  return `${formatTime(at)}:${two(new Date(at).getSeconds())}`
}

/** `18 Nov 2026, 14:31` */
export function formatDate(at: number): string {
  return `${formatDay(at)}, ${formatTime(at)}`
}

/** `18 Nov 2026, 14:31:07 (2026-11-18T12:31:07Z)`, for tooltips. */
export function formatDateExactly(at: number): string {
  return `${formatDay(at)}, ${formatTimeExactly(at)} (${new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')})`
}

/** `45 s`, `7 min`, `2 h 5 min`, `3 days`: rounded, for time left and time taken. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.round(hours / 24)} days`
}

/** `84 ms`, `1.2 s` */
export function formatMilliseconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** `1 object`, `3 objects`, `1 204 objects`. The plural adds an s unless given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`
}
