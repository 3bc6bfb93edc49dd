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
    // WebKitGTK 2.40, WKWebView of macOS 13.3 and WebView2 of 2023: what Tauri 2 meets on systems that still get updates.
    target: ['safari16.4', 'chrome111'],
    // The strict content security policy allows neither inline scripts nor fetches the preload polyfill would make.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // One sheet of styles, so that which rule wins does not depend on what was loaded when.
    cssCodeSplit: false,
    reportCompressedSize: true,
  },
  // One page for all test files of a worker: making a new one costs more than all the tests.
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
    testTimeout: 20_000,
    pool: 'threads',
    isolate: false,
  },
})
