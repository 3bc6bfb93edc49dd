// Which sheets are open. Any feature may ask for a sheet of another by its kind; the app maps kinds to components, so
// features never import each other. A sheet opened from a sheet stands on top of it and leaves its draft alone.
import type { AccountView, CodeRequest, Target, UploadTarget } from '$backend/backend'

/** How files came to an upload; who held Shift while dropping wants to see the sheet. */
export type UploadFrom = 'button' | 'drop' | 'heldDrop'

export type DialogRequest =
  | { kind: 'addAccount'; edit: AccountView | null }
  | { kind: 'manageAccounts' }
  | { kind: 'newBucket' }
  | { kind: 'addBucket' }
  | { kind: 'deleteBucket'; accountId: string; bucket: string }
  | { kind: 'newText' }
  | { kind: 'newFolder' }
  | { kind: 'deleteObjects' }
  | { kind: 'makePublic'; target: Target; label: string }
  | { kind: 'makePrivate'; target: Target; label: string }
  | { kind: 'getLink'; target: Target; label: string }
  | { kind: 'code'; request: CodeRequest; label: string; actions?: CodeRequest['action'][] }
  | { kind: 'upload'; sourceId: string; target: UploadTarget; from: UploadFrom }
  | { kind: 'columns' }
  | { kind: 'settings' }
  | { kind: 'shortcuts' }
  | { kind: 'about' }
  | { kind: 'quit'; running: number }

/** A click to be written as code; what it does not say is left out. */
export function codeRequest(
  action: CodeRequest['action'],
  accountId: string,
  rest: Partial<CodeRequest> = {},
): CodeRequest {
  return {
    action,
    accountId,
    link: null,
    target: null,
    bucket: null,
    key: null,
    text: null,
    contentType: null,
    access: 'serverDefault',
    uploadPlan: null,
    ...rest,
  }
}

export type OpenDialog = { id: number; request: DialogRequest }

/** The open sheets, the one on top last. */
export class Dialogs {
  items = $state.raw<OpenDialog[]>([])
  private next = 1

  get any(): boolean {
    return this.items.length > 0
  }

  /** Opens a sheet on top. One of a kind is enough: asking again does nothing. */
  open(request: DialogRequest): void {
    if (this.items.some((item) => item.request.kind === request.kind)) return
    this.items = [...this.items, { id: this.next++, request }]
  }

  /** Closes one sheet. */
  close(id: number): void {
    this.items = this.items.filter((item) => item.id !== id)
  }
}
