import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { bodyHash } from '../../src/api/digest';
import { claimWorkflowId, decide, STATE, type ClaimState } from '../../src/domain/claim';
import { recordEvents } from '../../src/platform/claims/record';
import { dataConverter } from '../../src/platform/codec';
import { asWorker, createDatabase, type Database } from '../../src/platform/database';
import { eventually } from '../support/parties';
import { aReport, FACTS, startStack, type Stack } from './stack';

/**
 * A turn that ends with its server, after its act was recorded: the record holds the act, the process does not (FAULTS 4). Seen in `npm run storm -- --seed 7`.
 */
const ACTOR = { personId: 'P-H001-SPECIALIST-A', sub: 'specialist-a-h001', role: 'specialist' as const, hospital: 'H001' };
let stack: Stack;
let database: Database;
let temporal: Client;
beforeAll(async () => {
  stack = await startStack({ worker: true });
  database = createDatabase(stack.database.workerUrl, { connections: 2, keys: stack.keys });
  const { address, namespace } = stack.temporal;
  temporal = new Client({ connection: await Connection.connect({ address }), namespace, dataConverter: dataConverter(stack.keys) });
}, 120_000);
afterAll(async () => { await temporal.connection.close(); await database.$disconnect(); await stack.stop(); });

const recorded = async (claimNo: string): Promise<ClaimState> => (await database.claim.findUniqueOrThrow({ where: { claimNo }, select: { state: true } })).state as unknown as ClaimState;
const inProcess = (claimNo: string): Promise<ClaimState> => temporal.workflow.getHandle(claimWorkflowId(claimNo)).query<ClaimState>(STATE);

/** A claim whose facts stand in the record, under this key, while its process still waits for them. */
async function behind(recordNo: string): Promise<{ claimNo: string; key: string; state: ClaimState }> {
  const { body: { claimNo } } = await stack.post('specialist-a-h001', '/v1/claims', aReport(recordNo)) as { body: { claimNo: string } };
  const before = await eventually(async () => { const state = await recorded(claimNo); return state.eligibility && (await inProcess(claimNo)).version === state.version ? state : undefined; }, 30_000);
  const key = randomUUID();
  const hash = bodyHash(stack.keys, { claimNo, command: 'submit-facts', input: FACTS, personId: ACTOR.personId });
  const decided = decide(before, { id: key, command: 'submit-facts', input: FACTS, actor: ACTOR, receivedAt: new Date().toISOString(), saidAt: null, hash });
  if (decided.kind !== 'done') throw new Error(decided.kind);
  await asWorker(database, (tx) => recordEvents(tx, { claimNo, events: decided.events, state: decided.state }));
  return { claimNo, key, state: decided.state };
}

test('SPEC §3: an act that the record allows is not refused because the process lost the act before it: it is kept, the process goes on from the record, and does it', async () => {
  const { claimNo, state } = await behind('BEHIND-1');
  const { taskId } = state.tasks.find(({ kind }) => kind === 'upload-documents')!;
  const kept = await stack.post('liaison-b-h001', `/v1/claims/${claimNo}/acts/claim-task`, { taskId });
  expect([kept.status, kept.body.code]).toEqual([202, undefined]);
  await eventually(async () => ((await stack.get('liaison-b-h001', kept.headers['location']!)).body.status === 'done' ? true : undefined), 30_000);
  expect((await inProcess(claimNo)).facts).toEqual((await recorded(claimNo)).facts);
  expect((await stack.post('liaison-b-h001', `/v1/claims/${claimNo}/acts/release-task`, { taskId })).status).toBe(200);
  // What the record refuses, too, is refused, and not kept.
  expect((await stack.post('specialist-a-h001', `/v1/claims/${claimNo}/acts/submit-facts`, FACTS)).status).toBe(409);
});

test('SPEC §3: an act that stands in the record is answered at once, and the process that lost it hears of it', async () => {
  const { claimNo, key } = await behind('BEHIND-2');
  const again = await stack.post('specialist-a-h001', `/v1/claims/${claimNo}/acts/submit-facts`, FACTS, { 'Idempotency-Key': key });
  expect(again.status).toBe(200);
  await eventually(async () => ((await inProcess(claimNo)).handled.some(({ id }) => id === key) ? true : undefined), 30_000);
  expect(await inProcess(claimNo)).toEqual(await recorded(claimNo));
});
