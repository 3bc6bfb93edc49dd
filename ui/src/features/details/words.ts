// The words of the Properties tab.
export const panel = {
  label: 'Properties',
  loading: 'Reading properties…',
  nothing: 'Nothing selected',
  nothingText: 'Select a bucket or an object to see its properties.',
  copy: (label: string) => `Copy ${label}`,
  reload: 'Reload',
  kinds: { bucket: 'Bucket', object: 'Object', folder: 'Folder', many: 'Selection' },
}
