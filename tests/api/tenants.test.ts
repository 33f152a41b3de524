import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { PERSONAS, type Persona } from '../../dev/personas';
import { routesOf } from '../../src/api/app';
import { PREVIEWERS, previewExample } from '../../src/api/claim/letter';
import { ACCOUNT_LOOKERS, READS_READERS } from '../../src/api/claim/look';
import { REPORTERS, reportExample } from '../../src/api/claim/report';
import type { Deps } from '../../src/api/deps';
import { EVIDENCE_READERS } from '../../src/api/evidence/routes';
import { openApiDocument } from '../../src/api/openapi';
import { GLASS_BREAKERS } from '../../src/api/glass/schema';
import { LINK_MAKERS } from '../../src/api/patient/link';
import { COMMANDS, DELEGATED_ROLES, mayUpload, PERSONS_ACTS, type ClaimState, type CommandName, type Role } from '../../src/domain/claim';
import { createDatabase } from '../../src/platform/database';
import { decides, inApproval, PAYEE, PEOPLE, SECRET } from '../domain/claim/scenario';
import { token } from '../support/identity';
import { plant } from './planted';
import { startStack, type Stack } from './stack';

/** A claim with everything of it that has an address. Of the missing one nothing exists. */
interface Target { claimNo: string; hospital: string; insurer: string; taskId: string; actId: string; documentId: string; uploadId: string; payeeId: string; uploader: string; state: ClaimState | null }
type Asker = Persona & { role: Role };

let stack: Stack;
let claims: Target[];
const MISSING: Target = {
  claimNo: 'KP-2026-000999', hospital: 'H999', insurer: 'I999', taskId: 'KP-2026-000999.dispute.1', actId: 'act-99999999', documentId: randomUUID(), uploadId: randomUUID(), payeeId: 'act-99999999.1', uploader: '', state: null,
};

/** One of each role in each house, department and panel. */
const ASKERS: Asker[] = [...new Map(PERSONAS.map((one) => [
  [one.roles[0], one.hospital, one.insurer, one.departments, one.roles[0] === 'patient' || one.roles[0] === 'mediator' ? one.personId : ''].join('|'), { ...one, role: one.roles[0]! },
])).values()];

/** SPEC §1.2, the column "sees", as a sentence of its own: it must not be asked of what is tested. */
function sees({ role, hospital, insurer, departments, personId }: Asker, { state }: Target): boolean {
  if (state === null) return false;
  switch (role) {
    case 'auditor': case 'ops': return true;
    case 'patient': return state.patientPersonId === personId;
    case 'mediator': return state.mediators.includes(personId);
    case 'liaison': return state.hospital === hospital && departments!.includes(state.department);
    case 'specialist': case 'manager': case 'medical-affairs': case 'his-feed': return state.hospital === hospital;
    default: return state.insurer === insurer;
  }
}

/** What one route answers to whom. */
interface Expected {
  path: (of: Target) => string;
  /** Status for who sees the thing. */
  own: (asker: Asker) => number;
  /** Status for who does not see it, the same whether it exists or not; 404 unless told otherwise. Null: the route does not ask whose it is. */
  outside?: ((asker: Asker) => number) | null;
  /** Who sees the thing, where fewer do than see its claim. */
  sees?: (asker: Asker, of: Target) => boolean;
  /** `harmless`: to somebody who may, so that it must change nothing. */
  body?: (of: Target, harmless: boolean, asker: Asker) => unknown;
  headers?: (of: Target) => Record<string, string>;
}

const may = ({ role }: Asker, roles: readonly Role[]): boolean => roles.includes(role);
const everybody = (): number => 200;
/** A body that no schema takes: an act in the table is refused for it, instead of being done. */
const NONSENSE = { nonsense: true };

/** An act on a claim in dispute: in the table 422 for the nonsense it is sent, otherwise refused by the claim. */
function act(command: CommandName, path: Expected['path'], body: unknown): Expected {
  const theirs = (asker: Asker): boolean => may(asker, COMMANDS[command].by as readonly Role[]);
  const listed = (asker: Asker): boolean => theirs(asker) && COMMANDS[command].stages.includes('dispute');
  return { path, own: (asker) => (listed(asker) ? 422 : theirs(asker) ? 409 : 403), body: (_, harmless, asker) => (harmless && listed(asker) ? NONSENSE : body) };
}

/** On a claim that one sees, by these roles only; others are told so before it is looked for. */
const ofRoles = (roles: readonly Role[], status: number, path: Expected['path'], body?: unknown): Expected => ({
  path, own: (asker) => (may(asker, roles) ? status : 403), outside: (asker) => (may(asker, roles) ? 404 : 403), ...(body === undefined ? {} : { body: () => body }),
});

const VIEW = randomUUID();
const tus = { 'Tus-Resumable': '1.0.0' };
const metadata = (of: Target): string => Object.entries({ claimNo: of.claimNo, kind: 'medical-summary', filename: 'a.pdf', sha256: 'a'.repeat(64) }).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(',');
/** An upload on its way is its sender's alone. */
const upload = (own: number, headers: Record<string, string>): Expected => ({
  path: (of) => `/v1/uploads/${of.uploadId}`, own: () => own, sees: (asker, of) => asker.account === of.uploader, headers: () => ({ ...tus, ...headers }),
});

const MATRIX: Record<string, Expected> = {
  'GET /v1/claims': { path: (of) => `/v1/claims?q=${of.claimNo}`, own: everybody, outside: everybody },
  'POST /v1/claims': {
    // What is one's own here is the hospital; a patient may report at any.
    path: () => '/v1/claims', own: (asker) => (may(asker, REPORTERS) ? 422 : 403), sees: (asker, of) => asker.role === 'patient' || asker.hospital === of.hospital,
    outside: () => 403, body: (of, harmless) => ({ ...reportExample, hospital: of.hospital, ...(harmless ? NONSENSE : {}) }),
  },
  'GET /v1/claims/{claimNo}': { path: (of) => `/v1/claims/${of.claimNo}`, own: everybody },
  'GET /v1/claims/{claimNo}/events': { path: (of) => `/v1/claims/${of.claimNo}/events`, own: (asker) => (asker.role === 'ops' ? 403 : 200), outside: (asker) => (asker.role === 'ops' ? 403 : 404) },
  'GET /v1/claims/{claimNo}/evidence-pack': ofRoles(EVIDENCE_READERS, 200, (of) => `/v1/claims/${of.claimNo}/evidence-pack`),
  'GET /v1/evidence-keys': { path: () => '/v1/evidence-keys', own: everybody, outside: null },
  'GET /v1/reads': { path: () => '/v1/reads', own: (asker) => (asker.role === 'auditor' ? 200 : 403), outside: null },
  'GET /v1/reads/people': { path: () => '/v1/reads/people', own: (asker) => (asker.role === 'auditor' ? 200 : 403), outside: null },
  'GET /v1/claims/{claimNo}/reads': ofRoles(READS_READERS, 200, (of) => `/v1/claims/${of.claimNo}/reads`),
  'POST /v1/claims/{claimNo}/payees/{payeeId}/look': ofRoles(ACCOUNT_LOOKERS, 200, (of) => `/v1/claims/${of.claimNo}/payees/${of.payeeId}/look`, {}),
  'POST /v1/claims/{claimNo}/letter-preview': ofRoles(PREVIEWERS, 200, (of) => `/v1/claims/${of.claimNo}/letter-preview`, previewExample),
  'POST /v1/claims/{claimNo}/patient-link': ofRoles(LINK_MAKERS, 201, (of) => `/v1/claims/${of.claimNo}/patient-link`, {}),
  'GET /v1/claims/{claimNo}/acts/{id}': { path: (of) => `/v1/claims/${of.claimNo}/acts/${of.actId}`, own: everybody },
  ...Object.fromEntries(PERSONS_ACTS.map((name) => [`POST /v1/claims/{claimNo}/acts/${name}`, act(name, (of) => `/v1/claims/${of.claimNo}/acts/${name}`, COMMANDS[name].example)])),
  'GET /v1/tasks': { path: (of) => `/v1/tasks?claimNo=${of.claimNo}`, own: everybody, outside: everybody },
  'POST /v1/tasks/{id}/claim': act('claim-task', (of) => `/v1/tasks/${of.taskId}/claim`, {}),
  'POST /v1/tasks/{id}/release': act('release-task', (of) => `/v1/tasks/${of.taskId}/release`, {}),
  'POST /v1/tasks/{id}/reassign': act('reassign-task', (of) => `/v1/tasks/${of.taskId}/reassign`, { to: 'P-H001-SPECIALIST-A' }),
  'GET /v1/events': { path: () => '/v1/events', own: everybody, outside: null },
  'GET /v1/ops/stuck': { path: () => '/v1/ops/stuck', own: (asker) => (may(asker, ['ops', 'auditor']) ? 200 : 403), outside: null },
  'GET /v1/ops/queues': { path: () => '/v1/ops/queues', own: (asker) => (may(asker, ['ops', 'auditor']) ? 200 : 403), outside: null },
  'POST /v1/ops/reconcile': { path: () => '/v1/ops/reconcile', own: (asker) => (may(asker, ['ops']) ? 409 : 403), outside: null },
  'POST /v1/break-glass': { path: () => '/v1/break-glass', own: (asker) => (may(asker, GLASS_BREAKERS) ? 422 : 403), outside: null, body: () => NONSENSE },
  'GET /v1/break-glass': { path: () => '/v1/break-glass', own: (asker) => (may(asker, ['auditor', ...GLASS_BREAKERS]) ? 200 : 403), outside: null },
  'GET /v1/views': { path: () => '/v1/views', own: everybody, outside: null },
  'PUT /v1/views/{id}': { path: () => `/v1/views/${VIEW}`, own: everybody, outside: null, body: () => ({ name: 'mine', query: 'mine' }) },
  // Whoever else keeps a view under this id: it is theirs.
  'DELETE /v1/views/{id}': { path: () => `/v1/views/${randomUUID()}`, own: () => 404, outside: null },
  'GET /v1/people': { path: (of) => `/v1/people?task=${of.taskId}`, own: (asker) => (may(asker, COMMANDS['reassign-task'].by as readonly Role[]) ? 200 : 403), outside: (asker) => (may(asker, COMMANDS['reassign-task'].by as readonly Role[]) ? 404 : 403) },
  'GET /v1/team': { path: () => '/v1/team', own: (asker) => (may(asker, ['manager', 'medical-affairs', 'senior-reviewer']) ? 200 : 403), outside: null },
  'GET /v1/delegations': { path: () => '/v1/delegations', own: (asker) => (may(asker, [...DELEGATED_ROLES, 'auditor']) ? 200 : 403), outside: null },
  'GET /v1/delegations/receivers': { path: () => '/v1/delegations/receivers?role=manager', own: (asker) => (may(asker, ['manager']) ? 200 : 403), outside: null },
  'POST /v1/delegations': { path: () => '/v1/delegations', own: (asker) => (may(asker, DELEGATED_ROLES) ? 422 : 403), outside: null, body: () => NONSENSE },
  // Whoever else's it is: it is not there. Of one that is, tests/api/delegations.test.ts.
  'POST /v1/delegations/{id}/end': { path: () => `/v1/delegations/${randomUUID()}/end`, own: (asker) => (may(asker, DELEGATED_ROLES) ? 404 : 403), outside: null, body: () => ({}) },
  'GET /v1/rules': { path: () => '/v1/rules', own: everybody, outside: null },
  'POST /v1/intake/fhir': { path: () => '/v1/intake/fhir', own: (asker) => (may(asker, ['his-feed', 'specialist', 'manager']) ? 422 : 403), outside: null, body: () => ({ resourceType: 'Bundle', entry: [] }) },
  'GET /v1/documents/{id}': { path: (of) => `/v1/documents/${of.documentId}`, own: everybody, sees: (asker, of) => sees(asker, of) && asker.role !== 'finance' && asker.role !== 'ops' },
  'POST /v1/documents/{id}/ticket': { path: (of) => `/v1/documents/${of.documentId}/ticket`, own: everybody, sees: (asker, of) => sees(asker, of) && asker.role !== 'finance' && asker.role !== 'ops' },
  'POST /v1/uploads': { path: () => '/v1/uploads', own: (asker) => (mayUpload(asker.role, 'medical-summary') ? 201 : 403), headers: (of) => ({ ...tus, 'Upload-Length': '10', 'Upload-Metadata': metadata(of) }) },
  'HEAD /v1/uploads/{id}': upload(200, {}),
  'PATCH /v1/uploads/{id}': upload(204, { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }),
  'DELETE /v1/uploads/{id}': upload(204, {}),
};
/** Spoken by a party with a shared secret, not by a person. */
const SIGNED = ['POST /v1/webhooks/bank'];
/** For whoever has the code of a patient's link. */
const BY_CODE = ['POST /v1/patient-sessions'];
/** For operations who broke the glass, by a cookie (tests/api/glass.test.ts). */
const BY_COOKIE = ['POST /v1/codec/decode'];
/** Part of tus, not of the OpenAPI document. */
const OF_TUS = ['HEAD /v1/uploads/{id}', 'DELETE /v1/uploads/{id}'];

beforeAll(async () => {
  stack = await startStack();
  const database = createDatabase(stack.database.workerUrl);
  const houses = [{ hospital: 'H001', insurer: 'I001', letter: 'A' }, { hospital: 'H002', insurer: 'I002', letter: 'B' }];
  claims = [];
  for (const [n, { hospital, insurer, letter }] of houses.entries()) {
    const scenario = decides(inApproval({ patientPersonId: `P-PATIENT-${letter}` }, 0).act('set-payee', { payees: [PAYEE] }, PEOPLE.patient)).act('dispute', { note: SECRET }, PEOPLE.patient).fact('mediator-appointed', { personId: `P-MEDIATOR-${letter}` }, 'directory');
    const claimNo = `KP-2026-00080${n}`;
    const state = await plant(database, scenario, claimNo, { hospital, insurer });
    const uploader = `specialist-a-${hospital.toLowerCase()}`;
    const { documentId } = await stack.upload(uploader, claimNo, 'medical-summary');
    claims.push({ claimNo, hospital, insurer, taskId: state.tasks[0]!.taskId, actId: state.handled.at(-1)!.id, documentId, uploadId: '', payeeId: state.payees!.list[0]!.payeeId, uploader, state });
  }
  await database.$disconnect();
  for (const claim of claims) {
    const begun = await call({ account: claim.uploader }, 'POST', '/v1/uploads', { ...tus, 'Upload-Length': '10', 'Upload-Metadata': metadata(claim) });
    claim.uploadId = begun.headers['location']!.split('/').at(-1)!;
  }
}, 240_000);
afterAll(() => stack.stop());

interface Answer { status: number; headers: Record<string, string>; text: string }
/** What is of this one answer, whatever it says. */
const OF_THE_MOMENT = ['date', 'x-request-id', 'keep-alive'];

async function call({ account }: { account: string }, method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Answer> {
  const stop = new AbortController();
  const answer = await fetch(`${stack.url}${path}`, {
    method, signal: stop.signal,
    headers: { Authorization: `Bearer ${await token(account)}`, 'Idempotency-Key': randomUUID(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const seen = { status: answer.status, headers: Object.fromEntries([...answer.headers].filter(([name]) => !OF_THE_MOMENT.includes(name))) };
  // A live stream has no end to wait for.
  if (answer.headers.get('content-type') === 'text/event-stream') { stop.abort(); return { ...seen, text: '' }; }
  return { ...seen, text: (await answer.text()).replace(/"asOf":"[^"]*"/, '"asOf":"now"') };
}

/** Claims that an answer names though the asker does not see them. */
const leaks = (asker: Asker, { text, headers }: Answer): string[] =>
  claims.filter((one) => !sees(asker, one) && [one.claimNo, one.documentId, one.state!.patientId].some((mark) => `${text}${JSON.stringify(headers)}`.includes(mark))).map((one) => one.claimNo);

describe('FAULTS 28: every route × every role of both hospitals and both insurers × own, foreign, missing', () => {
  test('a route without a row here fails', () => {
    const document = openApiDocument(routesOf({} as Deps), 'http://api.test');
    const served = Object.entries(document.paths ?? {}).flatMap(([path, item]) => Object.keys(item ?? {}).map((method) => `${method.toUpperCase()} ${path}`));
    expect([...Object.keys(MATRIX), ...SIGNED, ...BY_CODE, ...BY_COOKIE].sort()).toEqual([...served, ...OF_TUS].sort());
  });

  test('SPEC §1.2: both houses, every role, and claims that each of the tenants\' roles sees and does not see', () => {
    for (const role of new Set(PERSONAS.flatMap((one) => one.roles))) {
      const views = ASKERS.filter((one) => one.role === role).map((one) => claims.map((claim) => sees(one, claim)).join());
      expect([role, views]).toEqual([role, expect.arrayContaining(role === 'auditor' || role === 'ops' ? ['true,true'] : ['true,false', 'false,true'])]);
    }
  });

  test.each(Object.keys(MATRIX))('%s', async (name) => {
    const { path, own, outside = () => 404, sees: seesThing = sees, body, headers } = MATRIX[name]!;
    const method = name.split(' ')[0]!;
    const ask = (asker: Asker, of: Target, harmless: boolean): Promise<Answer> => call(asker, method, path(of), headers?.(of), body?.(of, harmless, asker));
    await Promise.all(ASKERS.map(async (asker) => {
      const missing = outside === null ? null : await ask(asker, MISSING, false);
      for (const claim of claims) {
        const seen = outside === null || seesThing(asker, claim);
        const answer = await ask(asker, claim, seen);
        const where = `${asker.account} on ${claim.claimNo}`;
        if (seen) expect([where, answer.status]).toEqual([where, own(asker)]);
        else expect([where, answer.status, answer]).toEqual([where, outside?.(asker), missing]);
        expect([where, leaks(asker, answer)]).toEqual([where, []]);
      }
    }));
  });

  test('GET /v1/claims without a filter: exactly the claims that one sees', async () => {
    for (const asker of ASKERS) {
      const { items } = JSON.parse((await call(asker, 'GET', '/v1/claims?limit=100')).text) as { items: Array<{ claimNo: string }> };
      expect([asker.account, items.map((one) => one.claimNo).sort()]).toEqual([asker.account, claims.filter((one) => sees(asker, one)).map((one) => one.claimNo)]);
    }
  });

  test('GET /v1/events: a change of each claim reaches exactly those who see it', async () => {
    const streams = await Promise.all(ASKERS.map(async (asker) => {
      const stop = new AbortController();
      const { body } = await fetch(`${stack.url}/v1/events`, { headers: { Authorization: `Bearer ${await token(asker.account)}` }, signal: stop.signal });
      const heard = { asker, text: '', stop };
      void (async () => { for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) heard.text += Buffer.from(chunk).toString(); })().catch(() => undefined);
      return heard;
    }));
    const notifier = new Client({ connectionString: stack.database.workerUrl });
    await notifier.connect();
    for (const claim of claims) await notifier.query("SELECT pg_notify('claim_changed', $1)", [`${claim.claimNo} ${claim.state!.version}`]);
    await notifier.end();
    const numbers = (text: string): string[] => claims.map((one) => one.claimNo).filter((claimNo) => text.includes(claimNo));
    const expected = streams.map(({ asker }) => claims.filter((one) => sees(asker, one)).map((one) => one.claimNo));
    for (const until = Date.now() + 15_000; Date.now() < until && streams.some((one, n) => numbers(one.text).length < expected[n]!.length);) await new Promise((resolve) => { setTimeout(resolve, 100); });
    expect(streams.map((one) => [one.asker.account, numbers(one.text)])).toEqual(streams.map((one, n) => [one.asker.account, expected[n]]));
    for (const one of streams) one.stop.abort();
  });
});
