import noUnsanitized from 'eslint-plugin-no-unsanitized'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

const tauri = { group: ['@tauri-apps/*'], message: 'Only src/backend/tauri.ts talks to Tauri; use the Backend port.' }

/** Tiers import only downward: app → features → session → components → lib. Across tiers by alias, inside a tier by path. */
const tier = (folder, banned, message) => ({
  files: [`src/${folder}/**/*.{ts,svelte}`],
  rules: { 'no-restricted-imports': ['error', { patterns: [tauri, { group: banned, message }] }] },
})

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/backend/bindings.ts'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  noUnsanitized.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-imports': ['error', { patterns: [tauri] }],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
    rules: {
      // TypeScript knows the globals of a component.
      'no-undef': 'off',
      // Names from servers become text nodes only.
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/button-has-type': 'error',
      'svelte/no-target-blank': 'error',
      // Sets and maps here are private to their class; what the page reads is $state.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['**/*.svelte'],
    rules: {
      // A style attribute in markup is stopped by the content security policy; a `style:` directive is not.
      'no-restricted-syntax': [
        'error',
        {
          selector: 'SvelteElement[kind="html"] > SvelteStartTag > SvelteAttribute[key.name="style"]',
          message: 'Use a class or a style: directive; the content security policy stops style attributes.',
        },
      ],
    },
  },
  tier(
    'lib',
    ['$session/*', '$features/*', '$components/*', '$backend/*', '!$backend/bindings', '../*'],
    'lib is the lowest tier.',
  ),
  tier(
    'components',
    ['$session/*', '$features/*', '$backend/*', '!$backend/bindings', '../*'],
    'Components know lib only.',
  ),
  tier('session', ['$features/*', '../*'], 'The session knows components, lib and the backend.'),
  tier('features', ['$features/*', '../*'], 'Features do not import each other; speak through the session.'),
  tier('backend', ['$session/*', '$features/*', '$components/*', '../../*'], 'The backend port stands below.'),
  { files: ['src/backend/tauri.ts', 'src/backend/bindings.ts'], rules: { 'no-restricted-imports': 'off' } },
)
