import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow';
import { feedRecords } from '../support/feed';
import { newClaim, paid, travel } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';

let stack: TestStack;
beforeAll(async () => { stack = await startStack(); }, 120_000);
afterAll(() => stack.close());

/** A JSON of anything, byte strings and long numbers included. */
const asText = (value: unknown): string => JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner instanceof Uint8Array ? Buffer.from(inner).toString('base64') : inner));

/** Everything that says who somebody is: whole, and each part of a name. */
async function telltales(): Promise<string[]> {
  const [patients, payees] = await Promise.all([stack.database.patient.findMany(), stack.database.payee.findMany()]);
  const known = [...patients.flatMap(({ name, identityNumber, phone, recordNo }) => [...name.split(/[\s,]+/), identityNumber, phone, recordNo]), ...payees.flatMap(({ holder, account }) => [holder, account]), '术后出血'];
  return [...new Set(known.filter((one): one is string => one !== null && [...one].length >= 3))];
}

test('SPEC §3: no name, identity number, phone, record number or account stands in logs, Temporal’s ids, attributes, memos and summaries, metrics or the outbox', async () => {
  await feedRecords(stack);
  const { claimNo } = await travel(stack, newClaim(), null);
  await paid(stack, claimNo);
  // Errors are where names leak: wrong bodies, searches, a database that breaks under a report.
  const specialist = await stack.person('specialist-a-h001');
  const [patient] = await stack.database.patient.findMany({ take: 1 });
  await specialist.fetch(`/v1/claims?q=${encodeURIComponent(patient!.name)}`);
  const wrong = { department: 'general-surgery', patient: { recordNo: patient!.recordNo, name: patient!.name, phone: 'not a phone' }, surgeryAt: 'x' };
  expect((await specialist.sendReport(wrong)).status).toBe(422);
  const sending = Promise.all(Array.from({ length: 20 }, () => specialist.sendReport({ ...wrong, patient: { recordNo: patient!.recordNo, name: patient!.name }, surgeryAt: new Date(Date.now() - 1e7).toISOString(), occurredAt: new Date(Date.now() - 1e6).toISOString(), outcomeType: 'minor-complication' })));
  await stack.kill('postgres');
  await sending;
  await stack.start('postgres');

  const places: Record<string, string> = {};
  for (const { file, text } of await stack.logs()) if (!file.startsWith('postgres')) places[`log ${file}`] = text;
  places['metrics of the API'] = await (await fetch(`${stack.apiUrl}/metrics`)).text();
  places['metrics of the worker'] = await (await fetch(stack.workerMetricsUrl)).text();
  let workflows = 0;
  for await (const { workflowId } of stack.temporal.workflow.list()) {
    workflows += 1;
    const handle = stack.temporal.workflow.getHandle(workflowId);
    const { raw, memo, typedSearchAttributes, staticSummary, staticDetails } = { ...(await handle.describe()), staticSummary: await (await handle.describe()).staticSummary(), staticDetails: await (await handle.describe()).staticDetails() };
    places[`description of ${workflowId}`] = asText([workflowId, memo, typedSearchAttributes.getAll(), staticSummary, staticDetails, raw.pendingActivities?.map((one) => one.lastFailure?.message)]);
    const { events } = await handle.fetchHistory();
    const spoken = (events ?? []).flatMap(({ userMetadata }) => [userMetadata?.summary, userMetadata?.details]);
    // Sealed or not, summaries say nothing personal: opened, they are searched too.
    const opened = await Promise.all(spoken.map((one) => decodeOptionalSinglePayload<string>(stack.temporal.options.loadedDataConverter, one)));
    expect(opened.some(Boolean)).toBe(true);
    // Everything that is not a payload: ids, names of updates and signals, messages of failures.
    places[`history of ${workflowId}`] = [...opened.filter(Boolean), ...(events ?? []).map(asText)].join('\n');
    places[`current details of ${workflowId}`] = asText(await handle.query('__temporal_workflow_metadata').catch(() => ''));
  }
  const { database } = stack;
  places['outbox'] = asText(await database.outbox.findMany());
  places['notices'] = asText(await database.notice.findMany());
  places['claims and events'] = asText([await database.claim.findMany(), await database.claimEvent.findMany({ select: { actor: true, data: true, actId: true } })]);

  const words = await telltales();
  // The search is awake: what it looks for is there, where it belongs.
  expect(workflows).toBeGreaterThanOrEqual(3);
  expect(words.length).toBeGreaterThanOrEqual(10);
  const patients = asText(await database.patient.findMany());
  expect(words.filter((word) => patients.includes(word)).length).toBeGreaterThanOrEqual(6);
  expect(Object.values(places).every((text) => text.length > 0)).toBe(true);

  const hits = Object.entries(places).flatMap(([place, text]) => words.flatMap((word, n) => (text.includes(word) ? [`word ${n} in ${place}: …${text.slice(Math.max(0, text.indexOf(word) - 80), text.indexOf(word) + 40)}…`] : [])));
  console.log(`searched ${Object.keys(places).length} places for ${words.length} words`);
  expect(hits).toEqual([]);
}, 180_000);
