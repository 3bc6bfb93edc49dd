// The one door between the page and everything behind it. Two things stand behind it: tauri.ts and, in a browser, mock.ts.
// A rejected promise always carries an IpcError.
import { getContext, setContext } from 'svelte'
import type {
  StartView,
  SettingsView,
  AccountView,
  AccountDraft,
  EndpointView,
  ConnectionReport,
  BucketView,
  BucketList,
  NameRule,
  CreatedBucket,
  AccessBadge,
  CountProgress,
  DeleteBucketPlan,
  ViewRequest,
  Sort,
  ViewStatus,
  RowsView,
  SelectionChange,
  SelectionView,
  NewTextObject,
  KeyCheck,
  DeleteObjectsPlan,
  PropertiesView,
  DropEvent,
  UploadAccess,
  UploadTarget,
  UploadPlan,
  UploadChange,
  TransferBatch,
  TakenUpView,
  TransferItemView,
  ItemStanding,
  MoveTo,
  Target,
  PermissionsView,
  VerdictView,
  GrantChange,
  NewGrantee,
  PermissionPlan,
  PublicScope,
  SensitiveNames,
  AccessPlan,
  AccessResult,
  LinkRequest,
  LinkSet,
  CodeRequest,
  CodeSnippet,
  EventView,
  WindowAction,
} from './bindings'

/** The one-time name of a dry run that was shown; handed back to run it. */
export type PlanToken = string

export type * from './bindings'

/** Stops a subscription. */
export type Stop = () => void

/** Everything the page can ask for. */
export interface Backend {
  start(): Promise<StartView>
  saveLayout(layout: string): Promise<void>
  saveSettings(settings: SettingsView): Promise<SettingsView>
  windowAction(action: WindowAction): Promise<void>
  copyText(text: string): Promise<void>
  openUrl(url: string): Promise<void> // http(s) only, in the system's browser
  diagnostics(): Promise<string> // no secrets

  parseEndpoint(endpoint: string, port: number | null, tls: boolean): Promise<EndpointView>
  suggestProjectId(pasted: string): Promise<string | null> // from a pasted console URL
  testAccount(draft: AccountDraft): Promise<ConnectionReport>
  saveAccount(draft: AccountDraft): Promise<AccountView>
  planRemoveAccount(id: string): Promise<{ token: PlanToken; account: AccountView; text: string }>
  removeAccount(token: PlanToken): Promise<void>
  chooseCaCertificate(): Promise<{ token: string; name: string; subject: string } | null>
  openLocalStorage(): Promise<AccountView> // creates it the first time

  listBuckets(accountId: string): Promise<BucketList>
  bucketNameRules(accountId: string, name: string): Promise<NameRule[]>
  createBucket(accountId: string, name: string): Promise<CreatedBucket>
  addBucketByName(accountId: string, name: string): Promise<BucketView> // checked with one request
  forgetBucket(accountId: string, name: string): Promise<void> // only takes an added one off the list
  planDeleteBucket(
    accountId: string,
    bucket: string,
    progress: (p: CountProgress) => void,
    operation: string,
  ): Promise<DeleteBucketPlan>
  deleteBucket(token: PlanToken, typedName: string | null): Promise<number | null> // job id when it has to be emptied first
  bucketAccess(accountId: string, bucket: string): Promise<AccessBadge>
  cancelOperation(operation: string): Promise<void> // any running plan, by the id the UI chose

  openView(request: ViewRequest, status: (s: ViewStatus) => void): Promise<string> // view id; status comes at once and then on change, at most every 100 ms
  rows(viewId: string, start: number, count: number): Promise<RowsView>
  sortView(viewId: string, sort: Sort): Promise<void>
  filterView(viewId: string, text: string): Promise<void>
  stopView(viewId: string): Promise<void>
  refreshView(viewId: string): Promise<void>
  closeView(viewId: string): Promise<void>
  select(viewId: string, change: SelectionChange): Promise<SelectionView>
  findRow(viewId: string, typed: string, from: number): Promise<number | null>
  rowAccess(viewId: string, keys: string[]): Promise<AccessBadge[]> // visible rows only (<= 200), at most 8 requests at once
  readAddress(accountId: string, text: string): Promise<{ bucket: string; prefix: string; key: string | null }> // path, s3://…, https://… typed into the path bar

  checkNewKey(accountId: string, bucket: string, key: string, text: string, access: UploadAccess): Promise<KeyCheck>
  createTextObject(object: NewTextObject): Promise<AccessBadge | null> // what a stranger sees, when it was to be public
  createFolder(accountId: string, bucket: string, prefix: string, name: string): Promise<string> // its prefix
  planDeleteObjects(
    viewId: string,
    selectionId: string,
    progress: (p: CountProgress) => void,
    operation: string,
  ): Promise<DeleteObjectsPlan>
  deleteObjects(token: PlanToken, typedName: string | null): Promise<number>
  properties(target: Target): Promise<PropertiesView>

  /** Somebody wants to close the window while this many transfers run; it stays open until `closeNow`. */
  watchClosing(running: (count: number) => void): Promise<Stop>
  watchDrops(event: (e: DropEvent) => void): Promise<Stop>
  chooseUpload(kind: 'files' | 'folder'): Promise<string | null> // source id; the web view sees no path
  planUpload(
    sourceId: string,
    target: UploadTarget,
    progress: (p: CountProgress) => void,
    operation: string,
  ): Promise<UploadPlan>
  reviseUpload(planId: string, change: UploadChange): Promise<UploadPlan>
  startUpload(token: PlanToken): Promise<number>
  discardUpload(planId: string): Promise<void>
  download(viewId: string, selectionId: string, where: 'downloads' | 'ask'): Promise<number | null> // null = dialog cancelled; never overwrites

  watchTransfers(batch: (b: TransferBatch) => void): Promise<Stop>
  takeUpTransfers(): Promise<TakenUpView> // what an earlier run left goes on; asking again takes only what waited
  transferItems(id: number, which: ItemStanding | null, after: number, most: number): Promise<TransferItemView[]>
  moveTransfer(id: number, to: MoveTo): Promise<void> // one that waits for its turn
  pauseTransfer(id: number): Promise<void>
  resumeTransfer(id: number): Promise<void>
  pauseAllTransfers(): Promise<void>
  resumeAllTransfers(): Promise<void>
  cancelTransfer(id: number): Promise<void>
  cancelAllTransfers(): Promise<void>
  retryTransfer(id: number): Promise<void>
  forgetTransfer(id: number): Promise<void> // one that has ended
  clearFinishedTransfers(): Promise<void> // done and cancelled ones; failed ones stay

  loadPermissions(target: Target): Promise<PermissionsView>
  checkAccess(target: Target): Promise<VerdictView>
  planPermissionChange(
    target: Target,
    readToken: string,
    changes: GrantChange[],
    added: NewGrantee[],
  ): Promise<PermissionPlan>
  applyPermissionChange(token: PlanToken): Promise<void>
  planMakePublic(
    target: Target,
    scope: PublicScope,
    names: SensitiveNames,
    progress: (p: CountProgress) => void,
    operation: string,
  ): Promise<AccessPlan>
  planMakePrivate(
    target: Target,
    existing: boolean,
    progress: (p: CountProgress) => void,
    operation: string,
  ): Promise<AccessPlan>
  applyAccessPlan(token: PlanToken): Promise<AccessResult>

  makeLinks(request: LinkRequest): Promise<LinkSet>
  codeSnippets(request: CodeRequest): Promise<CodeSnippet[]>

  watchEvents(events: (e: EventView[]) => void): Promise<Stop> // recent ones first as one batch, then new ones in batches
  clearEvents(): Promise<void>
}

const key = Symbol('backend')

/** Hands the backend to every component below. */
export function provideBackend(backend: Backend): void {
  setContext(key, backend)
}

/** The backend of this page. */
export function getBackend(): Backend {
  return getContext<Backend>(key)
}
