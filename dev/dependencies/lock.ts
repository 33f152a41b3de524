/** What package-lock.json says of each package: the one list of what is installed, and of what of it ships. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const packageSchema = z.object({
  version: z.string().optional(), license: z.string().optional(), integrity: z.string().optional(), resolved: z.string().optional(),
  dev: z.boolean().optional(), optional: z.boolean().optional(), devOptional: z.boolean().optional(), peer: z.boolean().optional(), link: z.boolean().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
});
const lockSchema = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), packageSchema) });
export type Lock = z.infer<typeof lockSchema>;

export interface Installed { path: string; name: string; version: string; license: string | null; integrity: string | null; resolved: string | null; ships: boolean }

const root = join(__dirname, '..', '..');

export const readLock = (): Lock => lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));

/** What is built into the pages that every browser gets. */
const PAGES = ['console/src', 'console/verify'];

/** The packages that the pages import, by name: `import … from 'name/part'`, `import('name')`, `import 'name'`. */
export function importedByPages(): string[] {
  const sources = PAGES.flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file)).map((file) => readFileSync(join(root, folder, file), 'utf8')));
  const imported = sources.flatMap((text) => [...text.matchAll(/\b(?:from|import)\s*\(?\s*'((?:@[\w.-]+\/)?[\w-][\w.-]*)(?:\/[^'\s]*)?'/g)].map(([, name = '']) => name));
  return [...new Set(imported)];
}

/** Paths in the lock file of these packages and of all that they need. Throws where one is not there. */
export function withTheirNeeds(lock: Lock, names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const add = (name: string, askedBy: string): void => {
    const path = placeOf(lock, name, askedBy) ?? noSuch(name, askedBy);
    if (found.has(path)) return;
    found.add(path);
    for (const needed of Object.keys(lock.packages[path]?.dependencies ?? {})) add(needed, path);
  };
  for (const name of names) add(name, '');
  return found;
}

const noSuch = (name: string, askedBy: string): never => { throw new Error(`${name}, which ${askedBy === '' ? 'the console imports' : `${askedBy} needs`}, is not in package-lock.json`); };

/** As Node looks: within whoever asks, then further up. */
function placeOf(lock: Lock, name: string, askedBy: string): string | undefined {
  for (let within = askedBy; ; within = within.slice(0, Math.max(0, within.lastIndexOf('/node_modules/')))) {
    const path = `${within === '' ? '' : `${within}/`}node_modules/${name}`;
    if (Object.hasOwn(lock.packages, path)) return path;
    if (within === '') return undefined;
  }
}

/** Every package of the lock file but our own. It ships when the image installs it, neither for development nor optional (Dockerfile), or when it is in `pages`. */
export const installed = (lock: Lock, pages = withTheirNeeds(lock, importedByPages())): Installed[] => Object.entries(lock.packages).filter(([path, { link }]) => path !== '' && link !== true).map(([path, one]) => ({
  path, name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), version: one.version ?? '', license: one.license ?? null, integrity: one.integrity ?? null, resolved: one.resolved ?? null,
  ships: pages.has(path) || [one.dev, one.optional, one.devOptional, one.peer].every((flag) => flag !== true),
}));
