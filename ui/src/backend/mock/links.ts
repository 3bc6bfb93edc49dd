// Links with a signature of the right shape (not of the right value: the mock has no keys), and code that does the same.
import type { AccountView, CodeRequest, CodeSnippet, LinkPart, LinkRequest, LinkSet } from '../bindings'
import type { Backend } from '../backend'
import { Failure } from './failure'
import { count, type Chosen, type Views } from './views'
import { isPublic } from './world'

type LinkPartOfPort = Pick<Backend, 'makeLinks' | 'codeSnippets'>

const longestV4 = 604_800 // seconds
const mostLinks = 1_000

export function linksPart(views: Views): LinkPartOfPort {
  return {
    async makeLinks(request) {
      await views.world.wait(70)
      return makeLinks(views, request)
    },
    async codeSnippets(request) {
      await views.world.wait(20)
      return snippets(views, request)
    },
  }
}

/** The unsigned address of a bucket or object; V2 and public links keep the colon, V4 writes it as `%3A`. */
export function address(
  account: AccountView,
  bucket: string,
  key: string,
  withProjectId: boolean,
  colon = ':',
): LinkPart[] {
  const parts: LinkPart[] = [{ text: `${account.scheme}://${account.endpoint}/`, role: 'plain' }]
  if (withProjectId && account.projectId) parts.push({ text: account.projectId + colon, role: 'projectId' })
  parts.push({ text: `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`, role: 'path' })
  return parts
}

function makeLinks(views: Views, request: LinkRequest): LinkSet {
  const chosen = views.chosen(request.target)
  const account = views.world.account(chosen.accountId).view
  const bucket = views.world.bucket(chosen.accountId, chosen.bucket)
  if (request.kind === 'expiring' && request.style === 'v4' && request.expiresSeconds > longestV4) {
    throw new Failure('invalidInput', 'V4 links last 7 days at most', 'Choose a shorter time, or V2.', {
      field: 'expiresSeconds',
    })
  }
  const colon = request.kind === 'expiring' && request.style === 'v4' ? '%3A' : ':'
  const from = { ...account, scheme: request.scheme }
  const links = chosen.objects.slice(0, mostLinks).map((object) => {
    const parts = address(from, chosen.bucket, object.key, request.withProjectId, colon)
    if (request.kind === 'expiring') parts.push({ text: signature(views, account, request), role: 'signature' })
    return { key: object.key, url: parts.map((part) => part.text).join(''), parts }
  })
  // Only a public link to one thing is tried.
  const [only] = chosen.objects.length === 1 && request.kind === 'public' ? chosen.objects : []
  const open = only !== undefined && isPublic(only, bucket)
  const proof = open ? 'Checked with an unsigned request' : 'A stranger is answered 403 Forbidden'
  return {
    links,
    total: chosen.objects.length,
    worksUntil: request.kind === 'expiring' ? views.world.now() + request.expiresSeconds * 1_000 : null,
    access: only === undefined ? null : open ? 'public' : 'private',
    proof: only === undefined ? null : proof,
    notes: linkNotes(request, account, chosen),
    scheme: request.scheme,
    projectId: account.projectId,
  }
}

function linkNotes(request: LinkRequest, account: AccountView, chosen: Chosen): string[] {
  const { folders, objects } = chosen
  return [
    folders.length > 0 ? `${count(folders.length, 'folder')} left out: a link leads to one object.` : '',
    objects.length > mostLinks ? `The first ${mostLinks} of ${objects.length} links are made.` : '',
    request.withProjectId && account.projectId === null
      ? 'This account has no Project ID, so the links have none.'
      : '',
    request.scheme === 'http' && account.kind !== 'local'
      ? 'Not encrypted: whoever carries the request can read the link and the object.'
      : '',
    request.scheme === account.scheme ? '' : 'The account uses the other scheme; the server may not answer this one.',
  ].filter((note) => note !== '')
}

function signature(views: Views, account: AccountView, request: LinkRequest): string {
  const now = new Date(views.world.now()).toISOString().replace(/[-:]|\.\d+/g, '')
  if (request.style === 'v2') {
    const expires = Math.floor(views.world.now() / 1_000) + request.expiresSeconds
    return `?Signature=Zm9yIHNob3cgb25seQ%3D%3D&Expires=${expires}&AWSAccessKeyId=${account.accessKeyId}`
  }
  const scope = `${account.accessKeyId}%2F${now.slice(0, 8)}%2F${account.region}%2Fs3%2Faws4_request`
  const fields = `X-Amz-Date=${now}&X-Amz-Expires=${request.expiresSeconds}&X-Amz-SignedHeaders=host`
  return `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope}&${fields}&X-Amz-Signature=5d1c0a9e7fb34c62${'0a'.repeat(24)}`
}

function snippets(views: Views, request: CodeRequest): CodeSnippet[] {
  const account = views.world.account(request.accountId).view
  const endpoint = `${account.scheme}://${account.endpoint}`
  const chosen = request.target ? views.chosen(request.target) : null
  const bucket = request.bucket ?? chosen?.bucket ?? ''
  const key = request.key ?? chosen?.objects[0]?.key ?? ''
  const seconds = request.link?.expiresSeconds ?? 3_600
  const open = request.link?.kind === 'public'
  const client = `# keys come from your own profile\ns3 = boto3.client("s3",\n  endpoint_url="${endpoint}",\n  config=Config(\n    signature_version="s3v4",\n    s3={"addressing_style": "path"}))\n\n`
  const plain = `${endpoint}/${bucket}/${key}`
  const boto = open
    ? `# no keys needed, the object is public\nimport requests\n\ndata = requests.get(\n  "${plain}").content`
    : `${client}${botoCall(request.action, bucket, key, seconds)}`
  const aws = open
    ? `aws s3 cp --no-sign-request \\\n  --endpoint-url ${endpoint} \\\n  "s3://${bucket}/${key}" .`
    : `aws --endpoint-url ${endpoint} \\\n  s3 presign "s3://${bucket}/${key}" \\\n  --expires-in ${seconds}`
  const note =
    request.link?.withProjectId && account.projectId
      ? 'boto3 refuses a Project ID in a bucket name. The snippet signs the plain name; Copy link gives the one shown here.'
      : null
  return [
    { language: 'boto3', title: 'boto3', code: boto, note: open ? null : note },
    { language: 'awsCli', title: 'aws cli', code: aws, note: null },
    {
      language: 'curl',
      title: 'curl',
      code: `curl --fail --output "${key.split('/').pop() ?? key}" \\\n  "${plain}"`,
      note: null,
    },
  ]
}

function botoCall(action: CodeRequest['action'], bucket: string, key: string, seconds: number): string {
  const target = `Bucket="${bucket}"`
  const calls: Partial<Record<CodeRequest['action'], string>> = {
    link: `url = s3.generate_presigned_url(\n  "get_object",\n  Params={"Bucket": "${bucket}",\n          "Key": "${key}"},\n  ExpiresIn=${seconds})`,
    listBuckets: 'for bucket in s3.list_buckets()["Buckets"]:\n  print(bucket["Name"], bucket["CreationDate"])',
    createBucket: `s3.create_bucket(${target})`,
    deleteBucket: `s3.delete_bucket(${target})`,
    makePublic: `s3.put_object_acl(${target},\n  Key="${key}", ACL="public-read")`,
    makePrivate: `s3.put_object_acl(${target},\n  Key="${key}", ACL="private")`,
  }
  return calls[action] ?? `s3.get_object(${target}, Key="${key}")`
}
