import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    // Short scope classes: they stand in the style sheet hundreds of times.
    cssHash: ({ hash, filename }) => `d${hash(filename).slice(0, 5)}`,
  },
  vitePlugin: {
    dynamicCompileOptions: ({ filename }) => (filename.includes('node_modules') ? { runes: undefined } : {}),
  },
}
