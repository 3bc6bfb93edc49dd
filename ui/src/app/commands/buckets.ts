// Commands on the bucket that is open, and on the list of them.
import { bucketTarget, copyText, forget, openFor, showTab } from '../actions'
import { needsAccount, needsBucket, type CommandSpec } from '../spec'
import { words } from '../words'

export const buckets: CommandSpec[] = [
  {
    id: 'buckets.new',
    title: 'New bucket…',
    icon: 'plus',
    keys: 'Ctrl+Shift+B',
    disabled: needsAccount,
    run: ({ session }) => session.dialogs.open({ kind: 'newBucket' }),
  },
  {
    id: 'buckets.add',
    title: 'Add bucket by name…',
    icon: 'link',
    keys: 'Ctrl+Shift+E',
    disabled: needsAccount,
    run: ({ session }) => session.dialogs.open({ kind: 'addBucket' }),
  },
  {
    id: 'buckets.refresh',
    title: 'Refresh buckets',
    icon: 'refresh',
    keys: 'F5',
    mac: 'Ctrl+R',
    pane: 'buckets',
    disabled: needsAccount,
    run: ({ session, buckets }) => session.attempt(() => buckets.refresh()),
  },
  {
    id: 'buckets.makePublic',
    title: 'Make public…',
    icon: 'globe',
    keys: 'Ctrl+Shift+P',
    pane: 'buckets',
    disabled: needsBucket,
    run: openFor('makePublic', bucketTarget),
  },
  {
    id: 'buckets.makePrivate',
    title: 'Make private…',
    icon: 'lock',
    keys: 'Ctrl+Shift+O',
    pane: 'buckets',
    disabled: needsBucket,
    run: openFor('makePrivate', bucketTarget),
  },
  {
    id: 'buckets.permissions',
    title: 'Edit permissions (ACL)',
    icon: 'users',
    disabled: needsBucket,
    run: showTab('permissions', 'buckets'),
  },
  {
    id: 'buckets.properties',
    title: 'Properties',
    icon: 'info',
    keys: 'Alt+Enter',
    mac: 'Ctrl+I',
    pane: 'buckets',
    disabled: needsBucket,
    run: showTab('properties', 'buckets'),
  },
  {
    id: 'buckets.copyName',
    title: 'Copy name',
    icon: 'copy',
    keys: 'Ctrl+C',
    pane: 'buckets',
    disabled: needsBucket,
    run: copyText(({ session }) => session.bucket),
  },
  {
    id: 'buckets.forget',
    title: 'Take off the list',
    icon: 'x',
    disabled: (shell) =>
      needsBucket(shell) ?? (shell.buckets.find(shell.session.bucket)?.added ? null : words.notAdded),
    run: forget,
  },
  {
    id: 'buckets.delete',
    title: 'Delete bucket…',
    icon: 'trash',
    keys: 'Delete',
    mac: 'Ctrl+Backspace',
    pane: 'buckets',
    danger: true,
    disabled: needsBucket,
    run: ({ session }) =>
      session.dialogs.open({ kind: 'deleteBucket', accountId: session.accountId ?? '', bucket: session.bucket ?? '' }),
  },
]
