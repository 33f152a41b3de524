/** What package-lock.json says of each package: the one list of what is installed, and of what of it ships. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const packageSchema = z.object({
  version: z.string().optional(), license: z.string().optional(), integrity: z.string().optional(), resolved: z.string().optional(),
  dev: z.boolean().optional(), optional: z.boolean().optional(), devOptional: z.boolean().optional(), peer: z.boolean().optional(), link: z.boolean().optional(),
});
const lockSchema = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), packageSchema) });
export type Lock = z.infer<typeof lockSchema>;

export interface Installed { name: string; version: string; license: string | null; integrity: string | null; resolved: string | null; ships: boolean }

const root = join(__dirname, '..', '..');

export const readLock = (): Lock => lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));

/** Every package of the lock file but our own. It ships when the image installs it: neither for development nor optional (Dockerfile). */
export const installed = (lock: Lock): Installed[] => Object.entries(lock.packages).filter(([path, { link }]) => path !== '' && link !== true).map(([path, one]) => ({
  name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), version: one.version ?? '', license: one.license ?? null, integrity: one.integrity ?? null, resolved: one.resolved ?? null,
  ships: [one.dev, one.optional, one.devOptional, one.peer].every((flag) => flag !== true),
}));
