// Cutting long names in the middle, so that the extension stays in sight. A name comes in parts: what was typed, and
// markers drawn for characters nobody would see.
import type { NamePart } from '$backend/bindings'

function units(parts: NamePart[]): NamePart[] {
  return parts.flatMap((part): NamePart[] =>
    part.odd ? [part] : [...part.text].map((text): NamePart => ({ text, odd: false })),
  )
}

function join(parts: NamePart[]): NamePart[] {
  const joined: NamePart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (last !== undefined && !last.odd && !part.odd)
      joined[joined.length - 1] = { text: last.text + part.text, odd: false }
    else joined.push(part)
  }
  return joined
}

/** Splits a name into a head that may be cut and a tail that stays: the last `tail` characters, no code point torn. */
export function splitForMiddle(name: NamePart[], tail = 14): { head: NamePart[]; tail: NamePart[] } {
  const all = units(name)
  if (all.length <= tail * 2) return { head: name, tail: [] }
  return { head: join(all.slice(0, -tail)), tail: join(all.slice(-tail)) }
}
