// Deleting a bucket: gives the job that empties it first, or null when it is gone already.
import type { Backend, DeleteBucketPlan } from '$backend/backend'
import { Deletion } from '$session/deletion.svelte'

export function bucketDeletion(
  backend: Backend,
  accountId: string,
  bucket: string,
  newId?: () => string,
): Deletion<DeleteBucketPlan, number | null> {
  return new Deletion(
    {
      look: (progress, operation) => backend.planDeleteBucket(accountId, bucket, progress, operation),
      cancel: (operation) => backend.cancelOperation(operation),
      send: (token, typedName) => backend.deleteBucket(token, typedName),
    },
    newId,
  )
}
