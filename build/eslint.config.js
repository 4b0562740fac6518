import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from '../src-renderer/svelte.config.js';

const typed = { projectService: true, tsconfigRootDir: new URL('..', import.meta.url).pathname };

export default ts.config(
  {
    ignores: [
      'src-renderer/locales/.wuchale/',
      'out/',
      'dist/',
      '.cache/',
      'node_modules/',
      'coverage/',
      'electron.config.ts',
      'test/fixtures/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: globals.node },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-ignore': true, 'ts-nocheck': true }],
    },
  },
  {
    files: ['src-main/**/*.ts', 'test/**/*.ts', 'src-renderer/**/*.ts'],
    languageOptions: { parserOptions: typed },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['src-renderer/**/*.svelte', 'src-renderer/**/*.svelte.ts', 'test/gallery/**/*.svelte'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { ...typed, extraFileExtensions: ['.svelte'], parser: ts.parser, svelteConfig },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      // Everything shown comes from outside at some point; raw HTML would let it in.
      'svelte/no-at-html-tags': 'error',
      'no-undef': 'off',
    },
  },
  { files: ['src-renderer/**/*.ts', 'test/gallery/main.ts'], languageOptions: { globals: globals.browser } },
  {
    files: ['build/**/*.mjs', 'build/**/*.js', 'build/**/*.cjs', 'test/**/*.mjs'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
);
