import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CannotStart } from './cannot-start';
import { readSettings } from './settings';

/** What a running stack tells other commands (`npm run token`, `npm run demo`, …): written when it is ready, removed when it stops. */
const stackSchema = z.object({
  pid: z.number(),
  apiUrl: z.string(),
  issuer: z.string(),
  bankUrl: z.string(),
  insurerUrl: z.string(),
  noticeUrl: z.string(),
  temporalAddress: z.string(),
  temporalUiUrl: z.string(),
  databaseUrl: z.string(),
  apiDatabaseUrl: z.string(),
  workerDatabaseUrl: z.string(),
  logs: z.string(),
  /** What the API and the worker were started with, to start one by hand after it was stopped on purpose. */
  environment: z.record(z.string(), z.string()),
});
export type Stack = z.infer<typeof stackSchema>;

const fileIn = (folder: string): string => join(folder, 'stack.json');

/** The stack that runs on this data folder, or null. */
export function runningStack(folder: string): Stack | null {
  try {
    const stack = stackSchema.parse(JSON.parse(readFileSync(fileIn(folder), 'utf8')));
    process.kill(stack.pid, 0);
    return stack;
  } catch {
    return null; // no file, half a file, or its process is gone
  }
}

/** For commands that need the running stack. Throws CannotStart when there is none. */
export function requireStack(): Stack {
  const stack = runningStack(readSettings(process.env).folder);
  if (stack === null) throw new CannotStart('No local stack is running: start one with npm start and leave it running.');
  return stack;
}

export function announce(folder: string, stack: Stack): void {
  writeFileSync(fileIn(folder), `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
}

export function withdraw(folder: string): void {
  rmSync(fileIn(folder), { force: true });
}
