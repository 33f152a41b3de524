/** FAULTS 9: errors inside our own code. Whatever API and worker call out by fails half of the time, before its effect or after it (tests/faults/ports/faulty.ts). */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { Client as Postgres } from 'pg';
import { paper } from '../../dev/paper';
import { UPLOAD_LIMITS } from '../../src/api/documents/upload-room';
import { claimWorkflowId } from '../../src/domain/claim';
import { dataConverter } from '../../src/platform/codec';
import { createDatabase, type Database } from '../../src/platform/database';
import { createDocumentStore } from '../../src/platform/documents/create-store';
import { resealContents } from '../../src/platform/documents/reseal';
import type { DocumentStore } from '../../src/platform/documents/store';
import { sign } from '../../src/platform/outside/signature';
import { startStack, type Stack } from '../api/stack';
import { createActLog, signInAs, type TestPerson } from '../support/acts';
import { identityProvider } from '../support/identity';
import { checkEverything } from '../support/invariants';
import { aReport, newClaim, paid, STEPS, type Travelling } from '../support/journey';
import { NO_LIMITS } from '../support/limits';
import { bankJournal, eventually, PARTY_SECRETS } from '../support/parties';
import type { TestStack } from '../support/stack';
import { fail, seed, spared, tally } from './ports/faulty';
import { beginUpload, LONGEST_MS, until, upload } from './ports/people';
import { pause } from './weather/seed';

jest.mock('../../src/platform/database', () => {
  const [real, { faultyDatabase }] = [jest.requireActual('../../src/platform/database'), jest.requireActual('./ports/faulty')];
  return { ...real, createDatabase: (url: string, ...more: unknown[]) => faultyDatabase(`database of ${new URL(url).username}`, real.createDatabase(url, ...more)) };
});
jest.mock('../../src/platform/documents/create-store', () => {
  const [real, { faultyStore }] = [jest.requireActual('../../src/platform/documents/create-store'), jest.requireActual('./ports/faulty')];
  return { ...real, createDocumentStore: (...given: unknown[]) => faultyStore(real.createDocumentStore(...given)) };
});
jest.mock('../../src/platform/outside/bank', () => {
  const [real, { faultyParty }] = [jest.requireActual('../../src/platform/outside/bank'), jest.requireActual('./ports/faulty')];
  return { ...real, createBankClient: (...given: unknown[]) => faultyParty('bank', real.createBankClient(...given)) };
});
jest.mock('../../src/platform/outside/insurer', () => {
  const [real, { faultyParty }] = [jest.requireActual('../../src/platform/outside/insurer'), jest.requireActual('./ports/faulty')];
  return { ...real, createInsurerClient: (...given: unknown[]) => faultyParty('insurer', real.createInsurerClient(...given)) };
});
jest.mock('../../src/platform/outside/notices', () => {
  const [real, { faultyParty }] = [jest.requireActual('../../src/platform/outside/notices'), jest.requireActual('./ports/faulty')];
  return { ...real, createNoticeClient: (...given: unknown[]) => faultyParty('notices', real.createNoticeClient(...given)) };
});

const ROUNDS = process.env['FAULTS'] === 'long' ? 4 : Number(process.env['FAULTS_ROUNDS'] ?? 1);
const CLAIMS = 3 * ROUNDS;
/** Each is paid for itself, so that there are orders enough for the bank to be hit. */
const PAYEES = 20;
/** So often every method is hit at least. */
const TIMES = 20 * ROUNDS;
/** All of them. The way to Temporal, what the database notifies and the scanner are tried elsewhere (tests/faults/weather, tests/platform/documents/clamd.test.ts). */
const METHODS = [
  ...['kuaipei_api', 'kuaipei_worker'].flatMap((role) => ['begin', 'statement', 'commit', 'outside of transactions'].map((what) => `database of ${role}: ${what}`)),
  ...['create', 'getUpload', 'write', 'remove'].map((method) => `store: uploads: ${method}`),
  ...['open', 'keep', 'end', 'finish', 'freeBytes', 'sweep'].map((method) => `store: staging: ${method}`),
  ...['put', 'stat', 'openRange', 'remove'].map((method) => `store: objects: ${method}`),
  'bank: submit', 'bank: ask', 'insurer: askEligibility', 'notices: deliver',
];

let stack: Stack;
let place: Pick<TestStack, 'person' | 'database' | 'bankUrl' | 'temporal' | 'acts'>;
let store: DocumentStore;
beforeAll(async () => {
  // Of each failure that is tried again the SDK would say so.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  // The files of all claims are one specialist's, at once.
  stack = await startStack({ worker: true, limits: { limits: NO_LIMITS, uploadLimits: { ...UPLOAD_LIMITS, open: { files: 100_000, bytes: Number.MAX_SAFE_INTEGER } } } });
  const { issuer } = await identityProvider();
  const { address, namespace } = stack.temporal;
  const acts = createActLog();
  const persons = new Map<string, Promise<TestPerson>>();
  place = {
    acts, bankUrl: stack.bankUrl, database: jest.requireActual<{ createDatabase: typeof createDatabase }>('../../src/platform/database').createDatabase(stack.database.workerUrl, { connections: 4, keys: stack.keys }),
    temporal: new Client({ connection: Connection.lazy({ address }), namespace, dataConverter: dataConverter(stack.keys) }),
    person(account) {
      const known = persons.get(account) ?? signInAs({ apiUrl: stack.url, issuer }, account, acts).then((person) => ({ ...person, upload: (...file) => upload(person, ...file) }));
      persons.set(account, known);
      return known;
    },
  };
  store = createDocumentStore({ kind: 'folder', folder: stack.storeFolder }, stack.keys);
}, 120_000);
afterAll(async () => {
  await Promise.all([place.database.$disconnect(), place.temporal.connection.close()]);
  await stack.stop();
});

/** What fails: everything at once, or one neighbour alone, so that what lies behind many other calls is reached, too. */
const EVERYTHING = /./;
const STORE = /^store/;
const HOUSES = /^(bank|insurer|notices)/;
const short = (which: RegExp): string[] => spared(METHODS.filter((method) => which.test(method)), TIMES);

/** One claim's acts up to (not with) `end`; null: to the end. */
async function travel(claim: Travelling, start: string, end: string | null): Promise<void> {
  const from = STEPS.findIndex(({ command }) => command === start);
  for (const { account, command, body } of STEPS.slice(from, end === null ? undefined : STEPS.findIndex((step) => step.command === end))) {
    const person = await place.person(account);
    const given = command === 'set-payee'
      ? { payees: Array.from({ length: PAYEES }, (_, n) => ({ holder: `收款人${n}`, bank: '示例银行', account: `622200000000${String(claim.n * 100 + n).padStart(5, '0')}` })) }
      : await eventually(() => body(place, claim).catch(() => undefined), LONGEST_MS);
    if (command === 'report') claim.claimNo = await person.report(given);
    else await person.act(claim.claimNo, command, given);
  }
}

/** The same again and again, until these methods have failed often enough. */
async function meanwhile(which: RegExp, work: (person: TestPerson) => Promise<unknown>): Promise<void> {
  const person = await place.person('specialist-a-h001');
  while (short(which).length > 0) await work(person);
}

const send = async (person: TestPerson, { claimNo }: Travelling): Promise<string> => (await upload(person, claimNo, 'other', 'a.pdf', paper('other', [randomUUID()]))).documentId;

async function cancel(person: TestPerson, { claimNo }: Travelling): Promise<void> {
  const at = await beginUpload(person, claimNo, 'other', 'a.pdf', paper('other', [randomUUID()]));
  await until('cancelling', async () => ([204, 404, 410].includes((await person.fetch(at, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } })).status) ? true : null));
}

/** A content from before contents were sealed, as `npm run reseal` seals it: again until there is nothing left to do. */
async function reseal(database: Database, owner: Postgres, { claimNo }: Travelling): Promise<void> {
  const claim = await place.database.claim.findUniqueOrThrow({ where: { claimNo }, select: { claimNo: true, hospital: true, department: true, insurer: true } });
  const [id, content] = [randomUUID(), paper('other', ['in clear'])];
  const clear = join(stack.storeFolder, 'objects', 'documents', id);
  await writeFile(clear, content);
  await place.database.document.create({ data: { id, ...claim, kind: 'other', fileName: 'a.pdf', bytes: content.length, mediaType: 'application/pdf', sha256: createHash('sha256').update(content).digest('hex'), storageKey: `documents/${id}`, objectKey: null, status: 'stored', flags: [], uploadedBy: 'P-1', uploadedAt: new Date() } });
  await until('sealing', async () => {
    await resealContents({ database, objects: store.objects, keys: stack.keys, say: () => undefined }).catch(() => undefined);
    const { storageKey } = await place.database.document.findUniqueOrThrow({ where: { id } });
    return storageKey.startsWith('sealed/') && !existsSync(clear) ? true : null;
  });
  // Each walk looks at all that were sealed so: many would be passed by none.
  await owner.query('DELETE FROM document WHERE id = $1', [id]);
}

/** What would be tried again by itself in a minute or two is tried again now: what was taken from the outbox and not told, activities between two attempts. */
async function hurry(claims: readonly Travelling[]): Promise<void> {
  await place.database.$executeRaw`UPDATE outbox SET available_at = now() WHERE done_at IS NULL AND available_at > now() AND available_at < now() + interval '59 seconds'`;
  const { namespace } = stack.temporal;
  await Promise.all(claims.map(async ({ claimNo }) => {
    const execution = { workflowId: claimWorkflowId(claimNo) };
    // Not started yet, ended, or done meanwhile: then there is nothing to hurry.
    const { pendingActivities } = await place.temporal.workflowService.describeWorkflowExecution({ namespace, execution }).catch(() => ({ pendingActivities: [] }));
    const resting = (pendingActivities ?? []).filter(({ state, attempt }) => Number(state) === SCHEDULED && (attempt ?? 0) > 1);
    await Promise.all(resting.map(({ activityId }) => place.temporal.workflowService.resetActivity({ namespace, execution, id: activityId ?? '', identity: 'the test' }).catch(() => undefined)));
  }));
}
/** Temporal's number for an activity that waits, maybe between two attempts. */
const SCHEDULED = 1;

/** The bank calls until it is told that its call was taken; its simulator gives up after six times. */
async function bankCallsAgain(): Promise<void> {
  const journal = await bankJournal(place.bankUrl);
  const taken = new Set(journal.flatMap((entry) => (entry.what === 'called-back' && entry.delivered ? [entry.eventId] : [])));
  await Promise.all(journal.flatMap((entry) => (entry.what === 'settled' ? entry.callbacks : [])).filter(({ eventId }) => !taken.has(eventId)).map(async (callback) => {
    const body = JSON.stringify(callback);
    const { status } = await fetch(`${stack.url}/v1/webhooks/bank`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...sign(body, PARTY_SECRETS.BANK_SECRET, new Date()) } });
    expect(status).toBe(200);
  }));
}

/** Success, or come again later (the probe says so without a code); an upload that stands elsewhere, or was cancelled already. */
const FAIR = /^(20[0124]|503( (database|store)-away)?|409 upload-offset|404 not-found)$/;
/** Every answer of the API since it started, by status and code, as its log has it. */
function answers(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of stack.lines) {
    const { res, code } = JSON.parse(line) as { res?: { status: number }; code?: string };
    if (!res) continue;
    const name = `${res.status}${code ? ` ${code}` : ''}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

// A rejection that nobody handles fails the test by Jest's own doing: in its sandbox a listener of ours would hear of none.
test('FAULTS 9: every port of ours fails half of the time, before its effect or after it: nothing answered is lost, nothing is done or paid twice, no answer is a 500', async () => {
  const from = Date.now();
  const took: Record<string, number> = {};
  const lap = (name: string): void => { took[name] = Date.now() - from; };
  const claims = Array.from({ length: CLAIMS }, () => newClaim());
  const files: string[] = [];
  let over = false;
  const hurrying = (async () => { while (!over) { await hurry(claims); await pause(500); } })();
  const [database, owner] = [createDatabase(stack.database.workerUrl, { connections: 1, keys: stack.keys }), new Postgres({ connectionString: stack.database.superuserUrl })];
  try {
    await owner.connect();
    fail(EVERYTHING);
    const specialist = await place.person('specialist-a-h001');
    await Promise.all(claims.map(async (claim) => { await travel(claim, 'report', 'upload-documents'); files.push(await send(specialist, claim)); }));
    lap('reported');

    fail(STORE);
    const [claim] = claims as [Travelling];
    await Promise.all([
      ...claims.map((one) => STEPS.find(({ command }) => command === 'upload-documents')!.body(place, one)),
      ...Array.from({ length: 4 }, () => meanwhile(/^store: (staging: (open|keep|finish)|uploads: (create|write|getUpload))/, async (person) => files.push(await send(person, claim)))),
      ...Array.from({ length: 2 }, () => meanwhile(/^store: uploads: remove/, (person) => cancel(person, claim))),
      meanwhile(/^store: objects: (stat|openRange)/, async (person) => (await person.fetch(`/v1/documents/${files.at(-1)!}`)).arrayBuffer()),
      meanwhile(/^store: objects: (put|remove)/, () => reseal(database, owner, claim)),
      meanwhile(/^store: staging: (sweep|freeBytes)/, () => store.staging.sweep().catch(() => undefined)),
    ]);
    lap('stored');

    fail(EVERYTHING);
    await Promise.all([
      ...claims.map((one) => travel(one, 'upload-documents', null)),
      meanwhile(/^database of kuaipei_api: outside/, (person) => person.fetch('/readyz')),
      ...Array.from({ length: 2 }, () => meanwhile(/^(insurer|database)/, (person) => person.report(aReport(newClaim().n)))),
    ]);
    lap('released');

    fail(HOUSES);
    await until('orders to the bank', () => Promise.resolve(short(HOUSES).length === 0 || null));
    lap('ordered');

    // Nothing fails any more: all comes to rest.
    fail(null);
    await bankCallsAgain();
    await Promise.all(claims.map(({ claimNo }) => paid(place, claimNo, LONGEST_MS)));
    const checked = await checkEverything(place);
    lap('at rest');
    console.log(JSON.stringify(checked));
    expect(checked).toMatchObject({ unknown: 0, payments: CLAIMS * PAYEES });
    expect(short(EVERYTHING)).toEqual([]);
    expect(Object.keys(tally()).sort()).toEqual([...METHODS].sort());
    expect(Object.keys(answers()).filter((name) => !FAIR.test(name))).toEqual([]);
    for (const { status, retryAfter } of place.acts.acts.flatMap((act) => act.answers)) if (status === 503) expect(Number(retryAfter)).toBeGreaterThan(0);
  } finally {
    fail(null);
    over = true;
    console.log(`SEED=${seed} ms: ${JSON.stringify(took)}\n${JSON.stringify(tally())}\n${JSON.stringify(answers())}`);
    await Promise.all([hurrying, owner.end(), database.$disconnect()]);
  }
}, LONGEST_MS * (2 + ROUNDS));
