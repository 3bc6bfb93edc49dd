// Files dragged over the window from outside. The backend tells where the pointer is; what lies there decides where the
// files would go. Places say it themselves in the markup: data-drop="objects", data-drop-prefix, data-drop-bucket.
import type { DropEvent, UploadTarget } from '$backend/backend'
import type { Session } from './session.svelte'

/** How long the pointer rests on a folder before the folder opens. */
export const springTime = 700

export type DropHover = {
  target: UploadTarget
  /** What is ringed: the table, or one folder or bucket. */
  zone: 'objects' | 'prefix' | 'bucket'
  files: number
}

/** Where files dropped on an element would go, or null where nothing takes them. */
export function dropTarget(element: Element | null, session: Session): Omit<DropHover, 'files'> | null {
  const { accountId, bucket, prefix } = session
  const place = element?.closest<HTMLElement>('[data-drop], [data-drop-prefix], [data-drop-bucket]') ?? null
  if (accountId === null || place === null) return null
  const { dropPrefix, dropBucket } = place.dataset
  if (dropBucket !== undefined) return { zone: 'bucket', target: { accountId, bucket: dropBucket, prefix: '' } }
  if (bucket === null) return null
  if (dropPrefix !== undefined) return { zone: 'prefix', target: { accountId, bucket, prefix: dropPrefix } }
  return { zone: 'objects', target: { accountId, bucket, prefix } }
}

/** The drag that is going on, if any. */
export class Drops {
  over = $state.raw<DropHover | null>(null)
  /** Shift is held, which asks for the sheet. Only the page's own drag events tell: during a drag no key reaches it. */
  held = false
  private spring: ReturnType<typeof setTimeout> | undefined
  private resting = ''

  constructor(
    private readonly session: Session,
    private readonly elementAt: (x: number, y: number) => Element | null = (x, y) => document.elementFromPoint(x, y),
  ) {}

  /** Takes one event of the drag. A drop where nothing takes it is let go. */
  take(event: DropEvent): void {
    if (event.kind === 'leave' || this.session.dialogs.any) {
      this.end()
      return
    }
    // The backend measures the window, the page what is drawn in it.
    const scale = this.session.layout.zoom / 100
    const found = dropTarget(this.elementAt(event.x / scale, event.y / scale), this.session)
    if (event.kind === 'over') {
      this.over = found === null ? null : { ...found, files: event.files }
      this.rest()
      return
    }
    const from = this.held ? 'heldDrop' : 'drop'
    this.end()
    if (found !== null) {
      this.session.dialogs.open({ kind: 'upload', sourceId: event.sourceId, target: found.target, from })
    }
  }

  private end(): void {
    this.over = null
    this.held = false
    this.rest()
  }

  private rest(): void {
    const { over } = this
    const folder = over?.zone === 'prefix' ? over.target : null
    const resting = folder === null ? '' : `${folder.bucket}/${folder.prefix}`
    if (resting === this.resting) return
    this.resting = resting
    clearTimeout(this.spring)
    if (folder === null || folder.prefix === this.session.prefix) return
    this.spring = setTimeout(() => this.session.go({ bucket: folder.bucket, prefix: folder.prefix }), springTime)
  }
}
