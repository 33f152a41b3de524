import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Deps } from '../../src/api/deps';
import { serve } from '../../src/api/http/serve';
import type { Change } from '../../src/api/live/changes';
import { liveRoutes } from '../../src/api/live/routes';
import { createLog } from '../../src/platform/log';

/** The directory and the claims as one person's transaction would show them. */
function stand() {
  const account = { active: true };
  const tx = {
    $queryRaw: () => Promise.resolve([]), person: { findUnique: () => Promise.resolve(account) },
    claim: { findMany: () => Promise.resolve([{ claimNo: 'KP-2026-000001', version: 2, stage: 'review' }]) },
  };
  let tell: (change: Change) => void = () => undefined;
  const deps = {
    database: { $transaction: (work: (inner: typeof tx) => unknown) => work(tx) }, log: createLog('api', 'silent'),
    changes: { watch: (onChange: typeof tell) => { tell = onChange; return () => undefined; } },
  } as unknown as Deps;
  return { account, deps, tell: () => { tell({ claimNo: 'KP-2026-000001', version: 2 }); } };
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
