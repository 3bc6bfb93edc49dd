// The backend inside the desktop app: generated commands, with channels for what streams. The only hand-written file that
// knows Tauri. A rejected command carries an IpcError as it was sent.
import { Channel } from '@tauri-apps/api/core'
import type { Backend, Stop } from './backend'
import { commands } from './bindings'

/** A channel that calls back. */
function channel<T>(take: (message: T) => void): Channel<T> {
  const made = new Channel<T>()
  made.onmessage = take
  return made
}

/** Follows a stream until the returned function is called; what was on its way then is dropped. */
async function watch<T>(take: (message: T) => void, start: (messages: Channel<T>) => Promise<number>): Promise<Stop> {
  let left = false
  const id = await start(
    channel((message: T) => {
      if (!left) take(message)
    }),
  )
  return () => {
    left = true
    // The stream may have ended by itself; there is nothing left to stop then.
    commands.unwatch(id).catch(() => undefined)
  }
}

/** Commands answer null where there is nothing to say. */
const quietly =
  <Arguments extends unknown[]>(command: (...given: Arguments) => Promise<null>) =>
  async (...given: Arguments): Promise<void> => {
    await command(...given)
  }

/** The backend of the desktop app. */
export const tauriBackend: Backend = {
  start: commands.start,
  saveLayout: quietly(commands.saveLayout),
  saveSettings: commands.saveSettings,
  windowAction: quietly(commands.windowAction),
  copyText: quietly(commands.copyText),
  openUrl: quietly(commands.openUrl),
  diagnostics: commands.diagnostics,

  parseEndpoint: commands.parseEndpoint,
  suggestProjectId: commands.suggestProjectId,
  testAccount: commands.testAccount,
  saveAccount: commands.saveAccount,
  planRemoveAccount: commands.planRemoveAccount,
  removeAccount: quietly(commands.removeAccount),
  chooseCaCertificate: commands.chooseCaCertificate,
  openLocalStorage: commands.openLocalStorage,

  listBuckets: commands.listBuckets,
  bucketNameRules: commands.bucketNameRules,
  createBucket: commands.createBucket,
  addBucketByName: commands.addBucketByName,
  forgetBucket: quietly(commands.forgetBucket),
  planDeleteBucket: (accountId, bucket, progress, operation) =>
    commands.planDeleteBucket(accountId, bucket, channel(progress), operation),
  deleteBucket: commands.deleteBucket,
  bucketAccess: commands.bucketAccess,
  cancelOperation: quietly(commands.cancelOperation),

  openView: (request, status) => commands.openView(request, channel(status)),
  rows: commands.rows,
  sortView: quietly(commands.sortView),
  filterView: quietly(commands.filterView),
  stopView: quietly(commands.stopView),
  refreshView: quietly(commands.refreshView),
  closeView: quietly(commands.closeView),
  select: commands.select,
  findRow: commands.findRow,
  rowAccess: commands.rowAccess,
  readAddress: commands.readAddress,

  checkNewKey: commands.checkNewKey,
  createTextObject: commands.createTextObject,
  createFolder: commands.createFolder,
  planDeleteObjects: (viewId, selectionId, progress, operation) =>
    commands.planDeleteObjects(viewId, selectionId, channel(progress), operation),
  deleteObjects: commands.deleteObjects,
  properties: commands.properties,

  watchClosing: (running) => watch(running, commands.watchClosing),
  watchDrops: (event) => watch(event, commands.watchDrops),
  chooseUpload: commands.chooseUpload,
  planUpload: (sourceId, target, progress, operation) =>
    commands.planUpload(sourceId, target, channel(progress), operation),
  reviseUpload: commands.reviseUpload,
  startUpload: commands.startUpload,
  discardUpload: quietly(commands.discardUpload),
  download: commands.download,

  watchTransfers: (batch) => watch(batch, commands.watchTransfers),
  takeUpTransfers: commands.takeUpTransfers,
  transferItems: commands.transferItems,
  moveTransfer: quietly(commands.moveTransfer),
  pauseTransfer: quietly(commands.pauseTransfer),
  resumeTransfer: quietly(commands.resumeTransfer),
  pauseAllTransfers: quietly(commands.pauseAllTransfers),
  resumeAllTransfers: quietly(commands.resumeAllTransfers),
  cancelTransfer: quietly(commands.cancelTransfer),
  cancelAllTransfers: quietly(commands.cancelAllTransfers),
  retryTransfer: quietly(commands.retryTransfer),
  forgetTransfer: quietly(commands.forgetTransfer),
  clearFinishedTransfers: quietly(commands.clearFinishedTransfers),

  loadPermissions: commands.loadPermissions,
  checkAccess: commands.checkAccess,
  planPermissionChange: commands.planPermissionChange,
  applyPermissionChange: quietly(commands.applyPermissionChange),
  planMakePublic: (target, scope, names, progress, operation) =>
    commands.planMakePublic(target, scope, names, channel(progress), operation),
  planMakePrivate: (target, existing, progress, operation) =>
    commands.planMakePrivate(target, existing, channel(progress), operation),
  applyAccessPlan: commands.applyAccessPlan,

  makeLinks: commands.makeLinks,
  codeSnippets: commands.codeSnippets,

  watchEvents: (events) => watch(events, commands.watchEvents),
  clearEvents: quietly(commands.clearEvents),
}
