import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const source = (folder: string) => fileURLToPath(new URL(`./src/${folder}`, import.meta.url))

export default defineConfig({
  plugins: [svelte()],
  resolve: {
    alias: {
      $backend: source('backend'),
      $components: source('components'),
      $lib: source('lib'),
      $session: source('session'),
      $features: source('features'),
    },
    // Tests run in jsdom and need Svelte's client build, not the server one.
    conditions: process.env.VITEST ? ['browser'] : ['browser', 'module', 'import', 'default'],
  },
  clearScreen: false,
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
  build: {
    target: ['safari15', 'chrome105'],
    // The strict content security policy allows neither inline scripts nor fetches the preload polyfill would make.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'], restoreMocks: true },
})
