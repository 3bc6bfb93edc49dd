// Who “anyone” is. Local storage answers this computer only; every other server is taken to be on the internet.

export function anyone(account: { kind: string } | null): string {
  return account?.kind === 'local' ? 'anyone on this computer' : 'anyone on the internet'
}

/** As a sentence begins. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
