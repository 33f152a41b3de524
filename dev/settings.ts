import { resolve } from 'node:path';
import { z } from 'zod';
import { CannotStart } from './cannot-start';

/** Each part of the local stack that listens, with its usual port and its distance from KUAIPEI_PORT_BASE. */
const PARTS = {
  api: { usual: 8080, offset: 0 },
  identity: { usual: 8090, offset: 1 },
  bank: { usual: 8091, offset: 2 },
  insurer: { usual: 8092, offset: 3 },
  notices: { usual: 8093, offset: 4 },
  temporal: { usual: 7233, offset: 5 },
  temporalUi: { usual: 8233, offset: 6 },
  postgres: { usual: 54_329, offset: 7 },
  workerMetrics: { usual: 9464, offset: 8 },
} as const;

export type Part = keyof typeof PARTS;

export interface Settings {
  /** Everything the stack keeps between two starts. */
  folder: string;
  ports: Record<Part, number>;
}

/** The variable that moves one part alone: `temporalUi` → KUAIPEI_PORT_TEMPORAL_UI. */
export const portVariable = (part: Part): string => `KUAIPEI_PORT_${part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** Folder and ports: KUAIPEI_DATA, KUAIPEI_PORT_BASE (all ports from there on) and KUAIPEI_PORT_<PART>. Throws CannotStart. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const port = (name: string): number | undefined => {
    if (env[name] === undefined || env[name] === '') return undefined;
    const parsed = z.coerce.number().int().min(1).max(65_500).safeParse(env[name]);
    if (!parsed.success) throw new CannotStart(`${name} must be a port between 1 and 65500.`);
    return parsed.data;
  };
  const base = port('KUAIPEI_PORT_BASE');
  const ports = Object.fromEntries(Object.entries(PARTS).map(([part, { usual, offset }]) =>
    [part, port(portVariable(part as Part)) ?? (base === undefined ? usual : base + offset)])) as Record<Part, number>;
  return { folder: resolve(env.KUAIPEI_DATA === undefined || env.KUAIPEI_DATA === '' ? resolve(__dirname, '..', '.data') : env.KUAIPEI_DATA), ports };
}
