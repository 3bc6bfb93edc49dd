// What a failed call is, whatever was thrown. The page branches on the code, never on text.
import type { IpcError } from '$backend/bindings'

const noDetails: IpcError['details'] = {
  operation: null,
  bucket: null,
  key: null,
  s3Code: null,
  status: null,
  requestId: null,
  serverMessage: null,
  field: null,
}

/** Whether a thrown value is an error the backend sent. */
export function isIpcError(value: unknown): value is IpcError {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'details' in value
}

/** Any thrown value as an error that can be shown; what the backend did not send is an internal error. */
export function asIpcError(value: unknown): IpcError {
  if (isIpcError(value)) return value
  const message = value instanceof Error ? value.message : String(value)
  return { code: 'internal', message, hint: null, retryable: false, details: noDetails }
}

/** Cancelling is an answer, not a failure: nothing is shown for it. */
export function isCancelled(value: unknown): boolean {
  return isIpcError(value) && value.code === 'cancelled'
}

/** `403 AccessDenied, request tx0000a41f`, or null when the server said nothing worth copying. */
export function serverAnswer(error: IpcError): string | null {
  const { status, s3Code, requestId } = error.details
  const head = [status, s3Code].filter((part) => part !== null).join(' ')
  const parts = [head, requestId === null ? '' : `request ${requestId}`].filter((part) => part !== '')
  return parts.length === 0 ? null : parts.join(', ')
}

/** What can be done about a failure where it is shown: try the same again, look again at what was shown too long ago. */
export function nextStep(error: IpcError): 'try' | 'look' | null {
  if (error.code === 'stalePlan') return 'look'
  return error.retryable ? 'try' : null
}
