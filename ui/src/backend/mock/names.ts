// How keys are shown: odd characters become visible markers, file kinds get a word and an icon.
import type { NamePart, RowView } from '../bindings'

type Icon = RowView['icon']

const kinds: Record<string, [string, Icon]> = {
  jpg: ['JPEG image', 'image'],
  jpeg: ['JPEG image', 'image'],
  png: ['PNG image', 'image'],
  svg: ['SVG image', 'image'],
  tif: ['TIFF image', 'image'],
  csv: ['CSV', 'table'],
  txt: ['Text', 'text'],
  md: ['Markdown', 'text'],
  log: ['Log', 'text'],
  json: ['JSON', 'text'],
  pdf: ['PDF', 'file'],
  gz: ['Archive', 'archive'],
  zip: ['Archive', 'archive'],
}

export function kindOf(name: string): { type: string; icon: Icon } {
  const ending = name.includes('.') ? (name.split('.').pop() ?? '').trimEnd().toLowerCase() : ''
  const [type, icon] = kinds[ending] ?? [
    ending === '' ? 'No type' : ending.toUpperCase(),
    ending === '' ? 'text' : 'file',
  ]
  return { type, icon: icon as Icon }
}

/** Parts of a name as they are drawn; an odd part is a marker such as `␣` or `\x07`. */
export function nameParts(name: string): NamePart[] {
  if (name === '') return [{ text: '(empty name)', odd: true }]
  const lead = name.length - name.trimStart().length
  const trail = name.trim() === '' ? name.length : name.trimEnd().length
  const parts: NamePart[] = []
  ;[...name].forEach((character, index) => {
    const code = character.codePointAt(0) ?? 0
    const outer = character === ' ' && (index < lead || index >= trail)
    const control = code < 32 || code === 127
    const text = outer ? '␣' : control ? `\\x${code.toString(16).padStart(2, '0')}` : character
    const last = parts.at(-1)
    if (last && !last.odd && !outer && !control) last.text += text
    else parts.push({ text, odd: outer || control })
  })
  return parts
}

export function spokenName(name: string): string {
  if (name === '') return 'empty name'
  const words = [name.trim()]
  if (name.startsWith(' ')) words.unshift('leading space')
  if (name.endsWith(' ')) words.push('trailing space')
  return words.join(', ')
}

export function nameTags(name: string): string[] {
  const tags: string[] = []
  if (name === '' || name.startsWith('/')) tags.push('//')
  if (name !== name.normalize('NFC')) tags.push('decomposed')
  return tags
}
