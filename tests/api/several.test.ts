/** Issue 6, "more than one machine": what may not count on one API, or on one worker, being the only one. At length: npm run cluster. */
import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { paper } from '../../dev/paper';
import { token } from '../support/identity';
import { eventually } from '../support/parties';
import { aReport, startStack, type Stack } from './stack';

const SPECIALIST = 'specialist-a-h001';
const FACTS = { occurredAt: '2026-03-02T02:30:00Z', outcomeType: 'minor-complication', benefits: [{ benefit: 'medical-costs', askedFen: 600_000 }], claimantIsInsured: true, costsClaimed: true, anaesthesia: true, complication: true, narrative: '术后出血，已输血。' };

let stack: Stack;
beforeAll(async () => { stack = await startStack({ worker: true, kinds: 'claims' }); }, 240_000);
afterAll(() => stack.stop());

const report = async (): Promise<string> => ((await stack.post(SPECIALIST, '/v1/claims', aReport(randomUUID()))).body as { claimNo: string }).claimNo;
/** Rows of the outbox that nobody has told yet. */
async function waiting(kind: string): Promise<number> {
  const client = new Client({ connectionString: stack.database.superuserUrl });
  await client.connect();
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM outbox WHERE kind = $1 AND done_at IS NULL', [kind]);
  await client.end();
  return rows[0]!.n;
}

test('task queues by kind of work: a worker of the claims moves claims; what waits for others waits for a worker of that kind, and the board says so', async () => {
  const claimNo = await report();
  await eventually(async () => ((await stack.post(SPECIALIST, `/v1/claims/${claimNo}/acts/submit-facts`, FACTS)).status === 200 ? true : undefined), 30_000);
  const board = async (): Promise<Record<string, boolean>> => {
    const { body } = await stack.get('ops', '/v1/ops/queues') as { body: { queues?: Array<{ taskQueue: string; pollers: Array<{ there: boolean }> }> } };
    return Object.fromEntries((body.queues ?? []).map(({ taskQueue, pollers }) => [taskQueue, pollers.some((one) => one.there)]));
  };
  expect(await eventually(async () => { const seen = await board(); return seen['claims'] ? seen : undefined; }, 30_000)).toEqual({ claims: true, outside: false, upkeep: false });
  expect(await waiting('notice')).toBeGreaterThan(0);

  const others = await stack.bringWorker({ WORKER_KINDS: 'outside,upkeep' });
  await eventually(async () => (await waiting('notice') === 0 ? true : undefined), 30_000);
  await eventually(async () => { const seen = await board(); return seen['outside'] && seen['upkeep'] ? true : undefined; }, 30_000);
  // A round of reconciliation: its workflow with the one, its activities with the other.
  await eventually(async () => ((await stack.post('ops', '/v1/ops/reconcile')).status === 202 ? true : undefined), 30_000);
  await eventually(async () => {
    const { body } = await stack.get('ops', '/v1/ops/queues') as { body: { reconciliation?: { lastAt: string | null; running: boolean } | null } };
    return body.reconciliation?.lastAt && !body.reconciliation.running ? true : undefined;
  }, 60_000);
  await others.stop();
}, 180_000);

test('any number of APIs: an act pressed at two at once counts once; a change made at one is heard at the other; a file begun at one is ended at the other', async () => {
  const second = await stack.bringApi();
  const headers = { authorization: `Bearer ${await token(SPECIALIST)}` };
  const claimNo = await report();
  const stream = await fetch(`${second.url}/v1/events`, { headers, signal: AbortSignal.timeout(30_000) });
  const heard = (async () => {
    let said = '';
    for await (const chunk of stream.body!) {
      said += Buffer.from(chunk as Uint8Array).toString();
      if (said.includes(claimNo)) return said;
    }
    return said;
  })();
  const key = randomUUID();
  const press = (url: string): Promise<string> => eventually(async () => {
    const answer = await fetch(`${url}/v1/claims/${claimNo}/acts/submit-facts`, { method: 'POST', body: JSON.stringify(FACTS), headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': key } });
    return answer.status === 202 || answer.status === 503 ? undefined : `${answer.status} ${await answer.text()}`;
  }, 30_000);
  const answers = await Promise.all([stack.url, second.url, stack.url, second.url].map(press));
  expect([...new Set(answers)]).toEqual([expect.stringMatching(/^200 /)]);
  expect(await heard).toContain(claimNo);

  const content = paper('claim-form', [claimNo]);
  const half = Math.floor(content.length / 2);
  const tus = { ...headers, 'tus-resumable': '1.0.0' };
  const sha256 = createHash('sha256').update(content).digest('hex');
  const metadata = Object.entries({ claimNo, kind: 'claim-form', filename: 'a.pdf', sha256 }).map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`).join(',');
  const begun = await fetch(`${stack.url}/v1/uploads`, { method: 'POST', headers: { ...tus, 'upload-length': String(content.length), 'upload-metadata': metadata } });
  const { pathname } = new URL(begun.headers.get('location')!, `${stack.url}/v1/uploads`);
  const patch = (url: string, offset: number, part: Buffer): Promise<Response> => fetch(`${url}${pathname}`, { method: 'PATCH', headers: { ...tus, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }, body: new Uint8Array(part) });
  expect((await patch(stack.url, 0, content.subarray(0, half))).status).toBe(204);
  const ended = await patch(second.url, half, content.subarray(half));
  expect([ended.status, (await ended.json() as { sha256: string }).sha256]).toEqual([200, sha256]);
  await second.stop();
}, 120_000);
