// Wire types, as the desktop shell sends them. Written by a generator from the Rust views; not edited by hand afterwards.
// Times are milliseconds since the epoch, sizes are bytes; both are plain numbers below 2^53.

export type IpcError = { code: ErrorCode; message: string; hint: string | null; retryable: boolean; details: ErrorDetails }
export type ErrorCode = "notFound"|"accessDenied"|"invalidCredentials"|"conflict"|"preconditionFailed"|"throttled"|"network"|"timeout"|"tls"|"unsupported"|"invalidInput"|"localIo"|"diskFull"|"corrupt"|"clockSkew"|"partial"|"cancelled"|"keychain"|"stalePlan"|"internal"
export type ErrorDetails = { operation: string|null; bucket: string|null; key: string|null; s3Code: string|null; status: number|null; requestId: string|null; serverMessage: string|null; field: string|null /* form field at fault */ }

// ── start ──────────────────────────────────────────────────────────────
export type StartView = { version: string; platform: "linux"|"macos"|"windows"; accounts: AccountView[]; keychain: KeychainView; settings: SettingsView; layout: string|null /* opaque JSON the UI saved */; customTitlebar: boolean }
export type KeychainView = { available: boolean; message: string|null /* why not, and what it means: kept in memory for this run only */ }
export type SettingsView = { theme: "system"|"light"|"dark"; density: "compact"|"comfortable"; alwaysAskBeforeUpload: boolean }

// ── accounts ───────────────────────────────────────────────────────────
export type AccountKind = "s3Compatible"|"amazon"|"local"
export type AccountView = { id: string; name: string; kind: AccountKind; endpoint: string /* "host:port" as shown */; scheme: "http"|"https"; host: string; port: number|null; basePath: string; encrypted: boolean; accessKeyId: string; secretSaved: "keychain"|"memory"|"missing"; projectId: string|null; region: string; addressing: "path"|"virtualHost"|"auto"; signature: "v4"|"v2"; caCertificate: string|null /* file name shown */; pinnedCertificate: string|null /* SHA-256 */; localFolder: string|null }
export type AccountDraft = { id: string|null /* edit */; name: string; kind: AccountKind; endpoint: string; port: number|null; tls: boolean; accessKeyId: string; secretAccessKey: string|null /* null = keep the saved one */; projectId: string|null; region: string; addressing: "path"|"virtualHost"|"auto"; signature: "v4"|"v2"; caToken: string|null /* from chooseCaCertificate; null = keep */; removeCa: boolean; pinnedCertificate: string|null }
export type EndpointView = { scheme: "http"|"https"; host: string; port: number|null; basePath: string; url: string /* what we understood, in full */ }
export type ConnectionOutcome = "connected"|"wrongAccessKey"|"wrongSecret"|"nameNotFound"|"refused"|"timedOut"|"certificateNotTrusted"|"clockWrong"|"listingDenied"|"notS3"|"plainHttp"|"needsTls"|"other"
export type ConnectionReport = { outcome: ConnectionOutcome; tone: "ok"|"bad"|"note"|"info"; title: string; text: string; serverAnswer: string|null; buckets: number|null; elapsedMs: number; skewSeconds: number|null; suggestedProjectId: string|null; certificate: CertificateView|null }
export type CertificateView = { subject: string; issuer: string; sha256: string; notBefore: number; notAfter: number }
export type PlanToken = string   // one time, 2 minutes, bound to what was shown

// ── buckets ────────────────────────────────────────────────────────────
export type BucketView = { name: string; created: number|null; added: boolean /* by name, not owned/listed */ }
export type BucketList = { buckets: BucketView[]; listingDenied: IpcError|null /* only added ones are shown */; suggestedProjectId: string|null; takenAt: number }
export type NameRule = { ok: boolean; text: string }          // live naming rules, e.g. {ok:false,text:'no underscore, use “-”'}
export type CreatedBucket = { name: string; alreadyYours: boolean }
export type Access = "public"|"private"|"partly"|"unknown"
export type AccessBadge = { access: Access; reason: string|null }
export type CountProgress = { objects: number; bytes: number; done: boolean }
export type DeleteBucketPlan = { token: PlanToken; bucket: string; empty: boolean; objects: number; bytes: number; unfinishedUploads: number; versioning: "off"|"enabled"|"suspended"|"unsupported"; first: string[] /* first keys */; requests: number; asksForName: boolean }

// ── listing ────────────────────────────────────────────────────────────
export type ViewRequest = { accountId: string; bucket: string; prefix: string; mode: "folders"|"flat"; sort: Sort }
export type Sort = { column: "name"|"size"|"type"|"lastModified"|"storageClass"; direction: "ascending"|"descending" }
export type ViewStatus = { version: number /* rows changed when it changes */; state: "listing"|"complete"|"stopped"|"failed"; listed: number; folders: number; matching: number /* rows shown */; bytes: number; finishedAt: number|null; error: IpcError|null; selection: SelectionView }
export type RowsView = { version: number; total: number; start: number; rows: RowView[] }
export type RowView = { index: number; kind: "folder"|"object"; key: string /* full key or prefix, exact */; name: NamePart[] /* shown name, odd characters made visible */; spoken: string /* for screen readers */; tags: string[] /* "//", "decomposed" */; size: number|null; lastModified: number|null; type: string /* "JPEG image", "Folder" */; icon: "folder"|"image"|"table"|"text"|"archive"|"file"; storageClass: string|null; selected: boolean }
export type NamePart = { text: string; odd: boolean /* drawn as a marker, e.g. "␣", "\\x07", "(empty name)" */ }
export type SelectionChange = { kind: "only"; index: number } | { kind: "toggle"; index: number } | { kind: "range"; from: number; to: number; additive: boolean } | { kind: "all" } | { kind: "none" } | { kind: "key"; key: string }
export type SelectionView = { id: string; objects: number; folders: number; bytes: number; hidden: number; single: RowView|null }

// ── objects ────────────────────────────────────────────────────────────
export type ObjectRef = { accountId: string; bucket: string; key: string }
export type NewTextObject = { accountId: string; bucket: string; key: string; text: string; contentType: string; makePublic: boolean; token: PlanToken /* of the check just shown */ }
export type KeyCheck = { token: PlanToken; exists: boolean; size: number|null; lastModified: number|null; problem: string|null /* bad key */; bytes: number }
export type DeleteObjectsPlan = { token: PlanToken; objects: number; bytes: number; folders: number; lines: { name: string; detail: string }[]; more: number; versioning: "off"|"enabled"|"suspended"|"unsupported"; requests: number; asksForName: boolean /* > 1000 objects: type the bucket's name */; bucket: string; publicCount: number|null }
export type PropertiesView = { title: string; kind: "bucket"|"object"|"folder"|"many"; groups: { title: string; rows: { label: string; value: string; mono: boolean; copy: boolean }[] }[] }

// ── uploads ────────────────────────────────────────────────────────────
export type DropEvent = { kind: "over"; x: number; y: number; files: number } | { kind: "leave" } | { kind: "drop"; x: number; y: number; sourceId: string; files: number }   // CSS pixels of the page
export type UploadTarget = { accountId: string; bucket: string; prefix: string }
export type UploadPlan = { planId: string; token: PlanToken; target: UploadTarget; files: number; bytes: number; conflicts: number; items: UploadItemView[] /* first 200 */; skipped: { name: string; reason: string }[]; policy: ConflictPolicy; access: UploadAccess; sensitive: string[] /* names that look sensitive, when access is public */; needsSheet: boolean /* a key exists or > 100 files */ }
export type UploadItemView = { index: number; file: string; keyPrefix: string; keyRest: string; size: number; icon: RowView["icon"]; result: "new"|"exists"|"invalid"; parts: number; problem: string|null }
export type ConflictPolicy = "ask"|"replace"|"skip"|"keepBoth"
export type UploadAccess = "serverDefault"|"private"|"public"
export type UploadChange = { keys: { index: number; keyRest: string }[]; policy: ConflictPolicy|null; access: UploadAccess|null; decisions: { index: number; policy: ConflictPolicy }[] }

// ── transfers ──────────────────────────────────────────────────────────
export type JobKind = "upload"|"download"|"delete"|"emptyBucket"|"access"
export type JobState = "queued"|"running"|"done"|"failed"|"cancelled"
export type JobView = { id: number; kind: JobKind; accountId: string; bucket: string; title: string; place: string; state: JobState; itemsTotal: number; itemsDone: number; itemsFailed: number; itemsSkipped: number; bytesTotal: number|null; bytesDone: number; bytesPerSecond: number; secondsLeft: number|null; startedAt: number|null; finishedAt: number|null; errors: { name: string; message: string; hint: string|null; code: ErrorCode; requestId: string|null }[]; firstKey: string|null; result: string|null /* "verified: sizes match", "downloaded to …" */ }
export type TransferTotals = { running: number; queued: number; failed: number; done: number; cancelled: number; bytesDone: number; bytesTotal: number; upPerSecond: number; downPerSecond: number; secondsLeft: number|null }
export type TransferBatch = { sequence: number; full: boolean; jobs: JobView[]; removed: number[]; totals: TransferTotals }

// ── permissions ────────────────────────────────────────────────────────
export type Target = { kind: "bucket"; accountId: string; bucket: string } | { kind: "selection"; viewId: string; selectionId: string }
export type Right = "fullControl"|"read"|"write"|"readAcp"|"writeAcp"
export type Tick = "on"|"off"|"mixed"|"none" /* "–": does not apply */
export type GranteeKind = "owner"|"authenticatedUsers"|"allUsers"|"logDelivery"|"user"|"email"|"group"
export type GrantRow = { id: string /* stable, sent back in changes */; kind: GranteeKind; name: string; detail: string; cells: { right: Right; tick: Tick; editable: boolean }[]; isPublic: boolean }
export type PermissionsView = { label: string; kind: "bucket"|"objects"; objects: number; supported: boolean; unsupported: IpcError|null; rows: GrantRow[]; readToken: string /* changes are bound to what was read */; verdict: VerdictView; readAt: number; copyText: string }
export type VerdictView = { access: Access; level: "private"|"listable"|"readable"|"writable"|"unknown"; title: string /* "Anyone on the internet can read" */; text: string /* "3 of 3 objects, through All users" */; proof: { ok: boolean; text: string; checkedAt: number|null } ; probes: { name: string; status: string; ms: number|null; ok: boolean }[]; moreProbes: number; others: string[] /* other grants left */ }
export type GrantChange = { row: string; right: Right; on: boolean }
export type NewGrantee = { kind: "user"|"email"; value: string; rights: Right[] }
export type PermissionPlan = { token: PlanToken; publishes: boolean; before: string[]; after: string[]; objects: number; requests: number }
export type PublicScope = { listing: boolean; existing: boolean; future: boolean }
export type AccessPlan = { token: PlanToken; kind: "makePublic"|"makePrivate"; label: string; scope: PublicScope; address: LinkPart[]; objects: number; bytes: number; alreadyPublic: number|null; requests: number; rows: { what: string; now: Access|"no"|string; nowPublic: boolean; after: string; afterPublic: boolean; changes: boolean }[]; sensitive: string[]; exactAcl: string; exactPolicy: string|null; confirm: boolean /* needs the sheet; false = may be applied at once */; remaining: string[] /* make private: what still grants access */; notes: string[] }
export type AccessResult = { jobId: number|null /* existing objects: a job */; verdict: VerdictView; undo: string }

// ── links ──────────────────────────────────────────────────────────────
export type LinkPart = { text: string; role: "plain"|"projectId"|"path"|"signature" }
export type LinkRequest = { target: Target; kind: "public"|"expiring"; expiresSeconds: number; style: "v4"|"v2"; scheme: "http"|"https"; withProjectId: boolean }
export type LinkView = { key: string; url: string; parts: LinkPart[] }
export type LinkSet = { links: LinkView[]; total: number; worksUntil: number|null; access: Access|null; proof: string|null; notes: string[]; scheme: "http"|"https"; projectId: string|null }
export type CodeRequest = { action: CodeAction; link: LinkRequest|null; target: Target|null; accountId: string; bucket: string|null; key: string|null; name: string|null; text: string|null }
export type CodeAction = "link"|"listBuckets"|"createBucket"|"deleteBucket"|"listObjects"|"putText"|"upload"|"download"|"deleteObjects"|"makePublic"|"makePrivate"
export type CodeSnippet = { language: "boto3"|"awsCli"|"curl"; title: string; code: string; note: string|null }

// ── event log ──────────────────────────────────────────────────────────
export type EventView = { sequence: number; at: number; account: string; operation: string; method: string; target: string; status: number|null; durationMs: number; requestId: string|null; bytesSent: number; bytesReceived: number; error: string|null }
