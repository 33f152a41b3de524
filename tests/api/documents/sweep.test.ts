import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sweepUploads } from '../../../src/api/documents/sweep';
import { createFolderStore } from '../../../src/platform/documents/folder-store';
import { keysIn } from '../../support/keys';

afterEach(() => { jest.useRealTimers(); });

test('uploads that were given up are swept at start and every six hours, a failure does not end it, and stopping does', async () => {
  jest.useFakeTimers();
  const outcomes = [() => Promise.resolve(0), () => Promise.reject(new Error('store away')), () => Promise.resolve(2)];
  let sweeps = 0;
  const warned: unknown[] = [];
  const stop = sweepUploads({ sweep: () => outcomes[sweeps++]!() }, { warn: (...args: unknown[]) => { warned.push(args); } });
  expect(sweeps).toBe(1);
  await jest.advanceTimersByTimeAsync(12 * 3_600_000);
  expect([sweeps, warned.length]).toEqual([3, 1]);
  stop();
  await jest.advanceTimersByTimeAsync(24 * 3_600_000);
  expect(sweeps).toBe(3);
});

test('a store into which nothing was ever uploaded has nothing to sweep', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuaipei-sweep-'));
  expect(await createFolderStore(join(folder, 'none-yet'), keysIn(folder)).staging.sweep()).toBe(0);
  rmSync(folder, { recursive: true });
});

test('what a process left that died while it kept a file is swept after a week', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuaipei-sweep-'));
  const left = join(folder, 'uploads', 'being-kept');
  mkdirSync(left, { recursive: true });
  for (const [name, days] of [['old', 8], ['young', 6]] as const) {
    writeFileSync(join(left, name), 'x');
    utimesSync(join(left, name), new Date(), new Date(Date.now() - days * 24 * 3_600_000));
  }
  await createFolderStore(folder, keysIn(folder)).staging.sweep();
  expect(readdirSync(left)).toEqual(['young']);
  rmSync(folder, { recursive: true });
});
