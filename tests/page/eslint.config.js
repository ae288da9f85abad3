// Rules of the page's source; formatting is Prettier's.
import { createRequire } from 'node:module';

const js = createRequire(new URL('../../build/page-checks/', import.meta.url))('@eslint/js');

/** @param {string[]} names */
const named = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));
const BROWSER = [
  'document',
  'window',
  'navigator',
  'localStorage',
  'fetch',
  'getComputedStyle',
  'setInterval',
  'setTimeout',
  'EventSource',
  'Element',
  'Node',
  'Text',
  'URL',
];

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'array-callback-return': 'error',
      'consistent-return': 'error',
      'default-case-last': 'error',
      eqeqeq: 'error',
      'max-len': ['error', { code: 120 }],
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', 60],
      'no-alert': 'error',
      'no-console': 'error',
      'no-else-return': 'error',
      'no-eval': 'error',
      'no-implicit-coercion': 'error',
      'no-param-reassign': 'error',
      'no-promise-executor-return': 'error',
      'no-self-compare': 'error',
      'no-shadow': 'error',
      'no-template-curly-in-string': 'error',
      'no-throw-literal': 'error',
      'no-unmodified-loop-condition': 'error',
      'no-unused-expressions': 'error',
      'no-use-before-define': ['error', { functions: false }],
      'no-useless-concat': 'error',
      'no-useless-return': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-object-has-own': 'error',
      'prefer-template': 'error',
      'require-await': 'error',
      // Strings become elements' text, never markup.
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML'].map((property) => ({ property })),
        { object: 'document', property: 'write' },
      ],
    },
  },
  { files: ['src/server/page/**'], languageOptions: { globals: named(BROWSER) } },
  {
    files: ['tests/page/**'],
    languageOptions: { globals: named(['process', 'URL']) },
    rules: { 'max-lines-per-function': 'off' },
  },
];
