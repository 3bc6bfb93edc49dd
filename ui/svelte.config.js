import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'

/** Scope classes in use, each with the component it belongs to. */
const scopes = new Map()

/** A short scope class, since it stands in the style sheet hundreds of times; a longer one where that is taken. */
function cssHash({ hash, filename }) {
  const whole = hash(filename)
  const short = `S${whole.slice(-3)}`
  if ((scopes.get(short) ?? filename) !== filename) return `S${whole}`
  scopes.set(short, filename)
  return short
}

export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true, cssHash },
  vitePlugin: {
    dynamicCompileOptions: ({ filename }) => (filename.includes('node_modules') ? { runes: undefined } : {}),
  },
}
