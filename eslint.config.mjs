import tseslint from 'typescript-eslint';

/**
 * Imports point one way (README, layout): api, activities → platform, domain; workflows → domain, and the types of activities; domain → nothing.
 * `patterns` are matched against what stands in the import, so they name folders as a relative path passes through them.
 */
const folder = (name) => `(^|/)\\.\\.?(/.*)?/${name}(/|$)`;
const forbid = (...rules) => ({ '@typescript-eslint/no-restricted-imports': ['error', { patterns: rules }] });

const NODE = { regex: '^(node:|(assert|buffer|child_process|crypto|events|fs|http|https|net|os|path|process|stream|timers|url|util|zlib)(/|$))', message: 'No Node here: this code also runs where there is none, and must give the same answer every time.' };
const upward = (from, ...names) => names.map((name) => ({ regex: folder(name), message: `${from} does not import ${name}: imports point one way.` }));

export default tseslint.config(
  { ignores: ['build/', 'coverage/', '.data/', 'src/platform/database/generated/', 'console/src/api/schema.d.ts'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      // An async validator of a workflow's update is dropped by the SDK and wedges the workflow: this rule finds it.
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      // Our ports are objects of closures, without `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      ...forbid(
        NODE,
        { regex: '^(?!\\.|zod(/|$))', message: 'src/domain imports zod and itself, nothing else.' },
        ...upward('src/domain', 'workflows', 'activities', 'api', 'platform', 'dev', 'tests'),
      ),
      'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'The rules have no clock: take the time as an argument.' }, { object: 'Math', property: 'random', message: 'The rules have no dice.' }],
      'no-restricted-syntax': ['error', { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'The rules have no clock: take the time as an argument.' }],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'setTimeout', 'setInterval', 'fetch', 'console'],
    },
  },
  {
    files: ['src/workflows/**/*.ts'],
    rules: forbid(
      NODE,
      { regex: '^(?!\\.|@temporalio/(workflow|common)(/|$)|zod(/|$))', message: 'src/workflows imports src/domain, @temporalio/workflow and @temporalio/common.' },
      { regex: folder('activities'), allowTypeImports: true, message: 'Only the types of activities: import type.' },
      ...upward('src/workflows', 'api', 'platform', 'dev', 'tests'),
    ),
  },
  { files: ['src/api/**/*.ts'], rules: forbid(...upward('src/api', 'activities', 'dev', 'tests'), { regex: folder('workflows'), allowTypeImports: true, message: 'src/api knows of workflows their types only.' }) },
  { files: ['src/activities/**/*.ts'], rules: forbid(...upward('src/activities', 'api', 'workflows', 'dev', 'tests')) },
  { files: ['src/platform/**/*.ts'], rules: forbid(...upward('src/platform', 'api', 'activities', 'workflows', 'dev', 'tests')) },
  {
    // The screens know the server by its types only, which are made from its OpenAPI document.
    files: ['console/src/**/*.ts', 'console/src/**/*.tsx'],
    rules: {
      ...forbid(NODE, { regex: '(^|/)\\.\\./\\.\\./(\\.\\./)?(src|dev|tests)(/|$)', message: 'The console imports nothing of the server: its types come from the OpenAPI document, its rules from /v1/rules.' }),
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    files: ['tests/**/*.ts'],
    rules: {
      // JSON taken apart and errors put into words in assertions: a test that is wrong here fails by itself.
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
);
