// Deleting what is selected: gives the job that does it.
import type { Backend, DeleteObjectsPlan } from '$backend/backend'
import { Deletion } from '$session/deletion.svelte'

export function objectDeletion(
  backend: Backend,
  viewId: string,
  selectionId: string,
  newId?: () => string,
): Deletion<DeleteObjectsPlan, number> {
  return new Deletion(
    {
      look: (progress, operation) => backend.planDeleteObjects(viewId, selectionId, progress, operation),
      cancel: (operation) => backend.cancelOperation(operation),
      send: (token, typedName) => backend.deleteObjects(token, typedName),
    },
    newId,
  )
}
