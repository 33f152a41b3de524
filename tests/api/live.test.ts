import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Deps } from '../../src/api/deps';
import { serve } from '../../src/api/http/serve';
import type { Change } from '../../src/api/live/changes';
import { liveRoutes } from '../../src/api/live/routes';
import { createLog } from '../../src/platform/log';

/** The directory and the claims as one person's scope would show them. */
function stand() {
  const account = { active: true };
  const seen = [{ claimNo: 'KP-2026-000001', version: 2, stage: 'review' }];
  let tell: (change: Change) => void = () => undefined;
  const deps = {
    database: { $queryRaw: () => Promise.resolve([{ found: { stands: account.active, seen } }]) }, log: createLog('api', 'silent'),
    changes: { watch: (onChange: typeof tell) => { tell = onChange; return () => undefined; } },
  } as unknown as Deps;
  return { account, deps, tell: (houses: Partial<Change> = {}) => { tell({ claimNo: 'KP-2026-000001', version: 2, ...houses }); } };
}

test('SPEC §1.2: a live stream that is open when its account is shut tells nothing more and ends', async () => {
  const { account, deps, tell } = stand();
  const identify = () => Promise.resolve({ sub: 's', personId: 'P-1', roles: ['reviewer' as const], insurer: 'I001' });
  const server = express().use(serve(liveRoutes(deps), { now: () => new Date(), identify })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/events`);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const heard = async (): Promise<string | undefined> => (await reader.read()).value;
  expect(await heard()).toContain('retry');
  tell();
  expect(await heard()).toContain('KP-2026-000001');
  account.active = false;
  tell();
  expect(await reader.read()).toEqual({ done: true, value: undefined });
  server.close();
});

test('issue 6 part 2: a change of another house asks the database nothing; one of their own is told at once, the next after a rest', async () => {
  const { deps, tell } = stand();
  let asked = 0;
  const { $queryRaw } = deps.database;
  deps.database.$queryRaw = (() => { asked += 1; return $queryRaw``; }) as typeof $queryRaw;
  const identify = () => Promise.resolve({ sub: 's', personId: 'P-1', roles: ['reviewer' as const], insurer: 'I001' });
  const server = express().use(serve(liveRoutes(deps), { now: () => new Date(), identify })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/events`, { signal: stop.signal });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain('retry');
  const before = asked;
  tell({ hospital: 'H001', insurer: 'I002' });
  expect(asked).toBe(before);
  tell({ hospital: 'H001', insurer: 'I001' });
  tell({ hospital: 'H001', insurer: 'I001' });
  tell({ hospital: 'H001', insurer: 'I001' });
  expect(asked).toBe(before + 1);
  expect((await reader.read()).value).toContain('KP-2026-000001');
  expect((await reader.read()).value).toContain('KP-2026-000001');
  expect(asked).toBe(before + 2);
  stop.abort();
  server.closeAllConnections();
  server.close();
});
