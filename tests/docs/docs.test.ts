import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { causeSchema } from '../../src/platform/operations/causes';

/** What can be checked of the papers: that what they name is there. */

const root = join(__dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = ['README.md', 'SECURITY.md', ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md')).map((file) => join('docs', file))];
const { dependencies, devDependencies, scripts } = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies' | 'scripts', Record<string, string>>;

test.each(pages)('%s: links and files that it names are there, and so are the commands', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, to = '']) => join(dirname(page), to));
  const files = [...read(page).matchAll(/`((?:src|console|bench|dev|tests|prisma|deploy|docs)\/[\w./-]*)`/g)].map(([, path = '']) => path);
  expect([...links, ...files].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const commands = [...read(page).matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name = '']) => name);
  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
});

test('rules.md names files of src/domain/claim that are there', () => {
  const named = [...read('docs/rules.md').matchAll(/`((?:commands\/)?[\w-]+\.ts)`/g)].map(([, file = '']) => file);
  const elsewhere = ['calendar.ts', 'inspect.ts', 'verify.ts', 'verdict.ts', 'records.ts']; // beside a path in the same cell
  expect(named.filter((file) => !elsewhere.includes(file) && !existsSync(join(root, 'src/domain/claim', file)))).toEqual([]);
});

test('operations.md says what to do about every cause that a claim can have', () => {
  const kinds = causeSchema.options.map((option) => option.shape.kind.value);
  const explained = [...read('docs/operations.md').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, kind]) => kind);
  expect(kinds.filter((kind) => !explained.includes(kind))).toEqual([]);
});

test('every package is covered by a decision', () => {
  const decisions = pages.filter((page) => page.startsWith('docs/decisions/')).map(read).join('\n');
  // Temporal's packages and type declarations are covered together.
  const named = (name: string): boolean => name.startsWith('@temporalio/') || name.startsWith('@types/') || decisions.includes(`\`${name}\``) || decisions.includes(`/\`${name}\``);
  expect(Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !named(name))).toEqual([]);
});
