import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
type Line = [file: string, line: string];

/** DESIGN: imports point one way, and a lint rule holds it. None of these lines may pass in that file… */
const REFUSED: Line[] = [
  ['src/domain/money.ts', "import { readFileSync } from 'node:fs';"],
  ['src/domain/money.ts', "import { readFileSync } from 'fs';"],
  ['src/domain/money.ts', "import { Pool } from 'pg';"],
  ['src/domain/money.ts', "import type { Log } from '../platform/log';"],
  ['src/domain/money.ts', "export const now = Date.now();"],
  ['src/domain/money.ts', "export const now = new Date();"],
  ['src/domain/money.ts', "export const dice = Math.random();"],
  ['src/workflows/index.ts', "import { createLog } from '../platform/log';"],
  ['src/workflows/index.ts', "import { createPaymentActivities } from '../activities/payment';"],
  ['src/workflows/index.ts', "import { Client } from '@temporalio/client';"],
  ['src/workflows/index.ts', "import { setTimeout } from 'node:timers/promises';"],
  ['src/activities/payment.ts', "import { app } from '../api/app';"],
  ['src/platform/log.ts', "import { app } from '../api/app';"],
  ['src/platform/log.ts', "import { PERSONAS } from '../../dev/personas';"],
  ['src/platform/log.ts', "void 0; [1].forEach(async () => { await Promise.resolve(); });"],
  ['src/platform/log.ts', "Promise.resolve();"],
  ['src/platform/log.ts', "export const anything = (given: any): unknown => given;"],
];

/** …and each of these must. */
const TAKEN: Line[] = [
  ['src/domain/money.ts', "import { z } from 'zod'; export const schema = z.string();"],
  ['src/domain/money.ts', "import { ROLES } from './claim/people'; export const all = ROLES;"],
  ['src/workflows/index.ts', "import type { createPaymentActivities } from '../activities/payment'; export type Pay = ReturnType<typeof createPaymentActivities>;"],
  ['src/workflows/index.ts', "import { ROLES } from '../domain/claim/people'; import { sleep } from '@temporalio/workflow'; export const all = [ROLES, sleep];"],
  ['src/activities/payment.ts', "import { createLog } from '../platform/log'; export const log = createLog('worker');"],
];

const OURS = /no-restricted|no-misused-promises|no-floating-promises|no-explicit-any/;

describe('the lint rules bite', () => {
  let broken: string[][];
  beforeAll(async () => {
    const { stdout } = await run(process.execPath, [join(__dirname, '../support/lint-lines.mjs'), JSON.stringify([...REFUSED, ...TAKEN])], { cwd: join(__dirname, '../..') });
    broken = (JSON.parse(stdout) as string[][]).map((rules) => rules.filter((rule) => OURS.test(rule)));
  }, 120_000);

  test.each(REFUSED)('%s refuses: %s', (file, line) => {
    expect(broken[REFUSED.findIndex((one) => one[0] === file && one[1] === line)]).not.toEqual([]);
  });

  test.each(TAKEN)('%s takes: %s', (file, line) => {
    expect(broken[REFUSED.length + TAKEN.findIndex((one) => one[0] === file && one[1] === line)]).toEqual([]);
  });
});
