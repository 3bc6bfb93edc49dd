// The words of the Properties tab.
import type { PropertyValue } from '$backend/bindings'
import { formatBytesExactly, formatDate, formatDateExactly, formatNumber, formatSize } from '$lib/format'

/** A value as everywhere else in Dipper: sizes to the byte, times in the local zone. */
export function shown(value: PropertyValue): string {
  switch (value.kind) {
    case 'text':
      return value.text
    case 'count':
      return formatNumber(value.count)
    case 'time':
      return formatDate(value.at)
    case 'bytes':
      return value.bytes < 1_000
        ? formatBytesExactly(value.bytes)
        : `${formatSize(value.bytes)} (${formatBytesExactly(value.bytes)})`
  }
}

/** A time to the second and in UTC, for a tooltip. */
export function exactly(value: PropertyValue): string | undefined {
  return value.kind === 'time' ? formatDateExactly(value.at) : undefined
}

export const panel = {
  label: 'Properties',
  loading: 'Reading properties…',
  nothing: 'Nothing selected',
  nothingText: 'Select a bucket or an object to see its properties.',
  copy: (label: string) => `Copy ${label}`,
  reload: 'Reload',
  kinds: { bucket: 'Bucket', object: 'Object', folder: 'Folder', many: 'Selection' },
}
