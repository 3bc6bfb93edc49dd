// The one shape of every refusal the mock gives: an `IpcError` that is also an `Error`, so that it has a stack in tests.
import type { ErrorCode, ErrorDetails, IpcError } from '../bindings'

const retryableCodes: ReadonlySet<ErrorCode> = new Set(['throttled', 'network', 'timeout'])

export class Failure extends Error implements IpcError {
  readonly code: ErrorCode
  readonly hint: string | null
  readonly retryable: boolean
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, hint: string | null = null, details: Partial<ErrorDetails> = {}) {
    super(message)
    this.code = code
    this.hint = hint
    this.retryable = retryableCodes.has(code)
    this.details = {
      operation: null,
      bucket: null,
      key: null,
      s3Code: null,
      status: null,
      requestId: null,
      serverMessage: null,
      field: null,
      ...details,
    }
  }
}

/** What a server says when it does not allow something, as Ceph words it. */
export function denied(operation: string, bucket: string, message: string, hint: string): Failure {
  return new Failure('accessDenied', message, hint, {
    operation,
    bucket,
    s3Code: 'AccessDenied',
    status: 403,
    requestId: 'tx0000a41f-6741',
  })
}

export function notFound(message: string): Failure {
  return new Failure('notFound', message)
}
