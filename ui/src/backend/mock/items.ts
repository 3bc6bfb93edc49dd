// The objects of a job of the mock: as many as it says, done as far as it is.
import type { ItemStanding, JobView, TransferItemView } from '../bindings'

const several = /^(.*?)(\d+)(\.\w+) and /

/** `IMG_4824.jpg`, `IMG_4825.jpg`, … of "IMG_4824.jpg and 119 more". */
function nameOf(job: JobView, index: number): string {
  const parts = several.exec(job.title)
  if (parts !== null) return `${parts[1]}${Number(parts[2]) + index}${parts[3]}`
  return job.itemsTotal === 1 ? (job.firstKey ?? job.title) : `${job.title}/${String(index + 1).padStart(6, '0')}`
}

function standingOf(job: JobView, index: number): ItemStanding {
  if (index < job.itemsDone) return 'done'
  if (index < job.itemsDone + job.itemsFailed) return 'failed'
  return job.state === 'running' && index < job.itemsDone + 4 ? 'begun' : 'waiting'
}

/** One page behind a number, as the journal gives it. */
export function itemsOf(job: JobView, which: ItemStanding | null, after: number, most: number): TransferItemView[] {
  const size = job.itemsTotal === 0 ? 0 : Math.round((job.bytesTotal ?? 0) / job.itemsTotal)
  const items: TransferItemView[] = []
  for (let index = after; index < job.itemsTotal && items.length < most; index += 1) {
    const standing = standingOf(job, index)
    if (which !== null && which !== standing) continue
    items.push({ number: index + 1, name: nameOf(job, index), size, standing })
  }
  return items
}
