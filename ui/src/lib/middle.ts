// Cutting long names in the middle, so that the extension stays in sight.

/** Splits a name into a head that may be cut and a tail that stays: the last `tail` characters, whole code points. */
export function splitForMiddle(name: string, tail = 14): { head: string; tail: string } {
  const characters = [...name]
  if (characters.length <= tail * 2) return { head: name, tail: '' }
  return { head: characters.slice(0, -tail).join(''), tail: characters.slice(-tail).join('') }
}
