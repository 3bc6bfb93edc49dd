// The words of the event log.
import { plural } from '$lib/format'

export const panel = {
  label: 'Event log',
  filter: 'Filter events',
  failedOnly: 'Failed only',
  clear: 'Clear',
  nothingToClear: 'The log is empty',
  list: 'Requests, newest first',
  columns: {
    time: 'Time',
    operation: 'Operation',
    target: 'Target',
    status: 'Status',
    duration: 'Took',
    request: 'Request ID',
  },
  copyRequest: 'Copy request ID',
  noAnswer: 'No answer',
  empty: 'No requests yet',
  emptyText: 'Every request to a server is listed here, without keys or signatures.',
  noMatch: 'No request matches',
  noMatchText: (count: number) => `${plural(count, 'request')} were looked at.`,
  showAll: 'Show all',
  count: (shown: number, all: number) =>
    shown === all ? plural(all, 'request') : `${shown} of ${plural(all, 'request')}`,
  copyRow: 'Copy as text',
}

export const details = {
  label: 'Request',
  close: 'Close details',
  time: 'Time',
  account: 'Account',
  request: 'Request',
  status: 'Status',
  took: 'Took',
  requestId: 'Request ID',
  sent: 'Sent',
  received: 'Received',
  error: 'Error',
}
