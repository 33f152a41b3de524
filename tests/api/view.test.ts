import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { COMMANDS, STAGE_NAMES, type ClaimState, type Role } from '../../src/domain/claim';
import { claimView, type ClaimView } from '../../src/api/claim/view-schema';
import { createDatabase } from '../../src/platform/database';
import { closedPaid, closedRejected, decides, inAcceptance, inApproval, IN_STAGE, inReview, inSupplement, PAYEE, PEOPLE, REQUEST, SECRET, type Scenario } from '../domain/claim/scenario';
import { plant } from './planted';
import { startStack, type Stack } from './stack';

const PAID = 'KP-2026-000701', ASKED = 'KP-2026-000702', DEATH = 'KP-2026-000703', INCOMPLETE = 'KP-2026-000704', PROPOSED = 'KP-2026-000705', JUDGED = 'KP-2026-000706', DISPUTED = 'KP-2026-000707';
let stack: Stack;
const states: Record<string, ClaimState> = {};
const numbers: string[] = [PAID, ASKED, DEATH, INCOMPLETE, PROPOSED, JUDGED, DISPUTED];
beforeAll(async () => {
  stack = await startStack();
  const database = createDatabase(stack.database.workerUrl);
  const way = { patientPersonId: 'P-PATIENT-A' };
  const special: Record<string, Scenario> = {
    [PAID]: closedPaid(way), [ASKED]: inSupplement(way), [DEATH]: decides(inApproval({ ...way, outcome: 'death', asks: [{ benefit: 'death', askedFen: 30_000_000 }] }, 0)),
    [INCOMPLETE]: inAcceptance({ ...way, without: ['anaesthesia-record', 'invoice', 'witness-pack'] }),
    [PROPOSED]: inReview(way).act('override-tier', { tier: 'D15', note: SECRET }, PEOPLE.reviewer),
    [JUDGED]: inReview(way).act('ask-supplement', { items: REQUEST }, PEOPLE.reviewer).act('answer-supplement', { itemId: 'S1.1', answer: { kind: 'cannot-provide', note: SECRET } }, PEOPLE.liaison)
      .act('answer-supplement', { itemId: 'S1.2', answer: { kind: 'cannot-provide', note: SECRET } }, PEOPLE.patient).act('accept-answer', { itemId: 'S1.1' }, PEOPLE.reviewer),
  };
  special[DISPUTED] = closedRejected(way).act('dispute', { note: SECRET }, PEOPLE.patient).fact('mediator-appointed', { personId: 'P-MEDIATOR-A' }, 'directory')
    .act('panel-decision', { vote: 'uphold', note: SECRET }, PEOPLE.affairs);
  for (const [n, stage] of STAGE_NAMES.entries()) special[`KP-2026-0007${n + 10}`] = IN_STAGE[stage](way);
  for (const [claimNo, scenario] of Object.entries(special)) {
    states[claimNo] = await plant(database, scenario, claimNo);
    if (!numbers.includes(claimNo)) numbers.push(claimNo);
  }
  await database.$disconnect();
}, 240_000);
afterAll(() => stack.stop());

const ACCOUNT: Record<Role, string> = {
  patient: 'patient-a', liaison: 'liaison-b-h001', specialist: 'specialist-a-h001', manager: 'manager-h001', 'medical-affairs': 'medical-affairs-a-h001',
  reviewer: 'reviewer-a-i001', 'senior-reviewer': 'senior-reviewer-a-i001', approver: 'approver-a-i001', mediator: 'mediator-a', finance: 'finance-a-i001', auditor: 'auditor', ops: 'ops', 'his-feed': 'his-feed-h001',
};
const view = async (account: string, claimNo: string): Promise<ClaimView> => (await stack.get(account, `/v1/claims/${claimNo}`)).body as ClaimView;

describe('issue 4: types generated from the OpenAPI document', () => {
  test.each(Object.entries(ACCOUNT))('what %s is answered is what the document says, in every stage', async (role, account) => {
    // SPEC §1.2: the mediator sees the disputed claim.
    for (const claimNo of role === 'mediator' ? [DISPUTED] : numbers) {
      const answer = await stack.get(account, `/v1/claims/${claimNo}`);
      expect([claimNo, answer.status, claimView.safeParse(answer.body).error?.issues ?? []]).toEqual([claimNo, 200, []]);
      const seen = answer.body as ClaimView;
      expect(seen.acts.map((one) => one.command)).toEqual(seen.allowed);
      // Why not, only of what this role does at all, and never of what it may.
      expect(seen.notNow.filter(({ command }) => seen.allowed.includes(command) || !(COMMANDS[command].by as readonly Role[]).includes(role as Role))).toEqual([]);
    }
  });
});

/** The places of an answer that hold something, `[]` for those of a list and `*` for names that are data. */
function fieldsOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, `${at}[]`));
  if (value === null || typeof value !== 'object') return value === null ? [] : [at];
  return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, `${at}.${/^[a-z]\w*$/i.test(name) && at !== '.names' ? name : '*'}`));
}

describe('FAULTS 30: a snapshot of the fields that each role gets: 0 extra fields', () => {
  const ROUTES = ['/v1/claims?limit=100', '/v1/tasks?limit=100', '/v1/claims/{claimNo}', '/v1/claims/{claimNo}/events?limit=100', '/v1/claims/{claimNo}/reads'];
  // A field more is a decision: `npx jest -u tests/api/view` writes it down, its difference says who gets it.
  test.each(ROUTES)('%s', async (route) => {
    const roles = new Map<string, Set<string>>();
    for (const [role, account] of Object.entries(ACCOUNT)) {
      const paths = route.includes('{') ? (role === 'mediator' ? [DISPUTED] : numbers).map((claimNo) => route.replace('{claimNo}', claimNo)) : [route];
      for (const { status, body } of await Promise.all(paths.map((path) => stack.get(account, path)))) {
        for (const field of status === 200 ? fieldsOf(body) : []) roles.set(field, (roles.get(field) ?? new Set()).add(role));
      }
    }
    const everybody = Math.max(...[...roles.values()].map((one) => one.size));
    expect([...roles].map(([field, ofRoles]) => `${field}: ${ofRoles.size === everybody ? `all ${everybody}` : [...ofRoles].join(' ')}`).sort().join('\n')).toMatchSnapshot();
  });
});

describe('the log of events', () => {
  interface Events { items: Array<{ version: number; type: string; by: { personId: string } }>; nextCursor: string | null; names: Record<string, string> }
  const events = async (account: string, query: string): Promise<Events> => (await stack.get(account, `/v1/claims/${PAID}/events?${query}`)).body as Events;

  test('is read newest first, page by page, when asked so: the first page of a long claim is its latest', async () => {
    const oldest = (await events('auditor', 'limit=100')).items.map((one) => one.version);
    const found: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Events = await events('auditor', `order=newest&limit=7${cursor ? `&cursor=${cursor}` : ''}`);
      found.push(...page.items.map((one) => one.version));
      cursor = page.nextCursor;
    }
    expect(found.length).toBeGreaterThan(14);
    expect(found).toEqual(oldest.toReversed());
  });

  test('of one kind alone: when the stages were left, without the rest', async () => {
    const { items } = await events('auditor', 'type=stage-left');
    expect(items.length).toBeGreaterThan(3);
    expect([...new Set(items.map((one) => one.type))]).toEqual(['stage-left']);
    expect((await stack.get('auditor', `/v1/claims/${PAID}/events?type=stage%20left`)).status).toBe(422);
  });
});

test('SPEC §1.2: by the log of events finance learns of a decision what the claim shows it: amounts, not the reasons; and no vote of a panel', async () => {
  interface Item { type: string; data: Record<string, unknown> | null }
  const of = async (account: string, type: string): Promise<Item['data']> => ((await stack.get(account, `/v1/claims/${DISPUTED}/events?type=${type}`)).body as { items: Item[] }).items[0]!.data;
  expect([Object.keys((await of('finance-a-i001', 'decided'))!).sort(), await of('finance-a-i001', 'panel-voted')]).toEqual([['decision', 'lines'], null]);
  expect([await of('auditor', 'decided'), await of('auditor', 'panel-voted')]).toEqual([expect.objectContaining({ reasons: expect.any(Array) }), expect.objectContaining({ vote: 'uphold' })]);
});

describe('SPEC §1.2: accounts are masked for everybody', () => {
  test.each(['auditor', 'reviewer-a-i001', 'specialist-a-h001', 'patient-a'])('in the log of events %s reads its last four digits, the holder as in the claim', async (account) => {
    const { items } = (await stack.get(account, `/v1/claims/${PAID}/events?limit=100`)).body as { items: Array<{ type: string; personal: { payees: Array<{ holder: string; account: string }> } }> };
    const payee = items.find((one) => one.type === 'payee-set')!.personal.payees[0]!;
    expect(payee.account).toBe('…1234');
    expect(payee.holder).toBe((await view(account, PAID)).amounts!.payees!.list[0]!.holder);
  });

  test('finance and auditors too; nothing personal by events for finance', async () => {
    const { items } = (await stack.get('finance-a-i001', `/v1/claims/${PAID}/events?limit=100`)).body as { items: Array<{ personal: unknown }> };
    expect(items.every((one) => one.personal === null)).toBe(true);
    for (const account of ['finance-a-i001', 'auditor']) expect((await stack.get(account, `/v1/claims/${PAID}`)).text).not.toContain(PAYEE.account);
  });

  test('each look at the whole is recorded, with who and which payee', async () => {
    const { payeeId } = states[PAID]!.payees!.list[0]!;
    const look = await stack.post('finance-a-i001', `/v1/claims/${PAID}/payees/${payeeId}/look`);
    expect([look.status, look.body.account, look.headers['cache-control']]).toEqual([200, PAYEE.account, 'no-store']);
    const { items } = (await stack.get('auditor', `/v1/claims/${PAID}/reads`)).body as { items: Array<{ what: string; by: object }> };
    expect(items.find((one) => one.what === `account ${payeeId}`)?.by).toEqual({ personId: 'P-I001-FINANCE-A', role: 'finance', name: '唐宁' });
    expect((await stack.post('finance-a-i001', `/v1/claims/${PAID}/payees/nobody/look`)).status).toBe(404);
  });

  test('no record, no account', async () => {
    const { payeeId } = states[PAID]!.payees!.list[0]!;
    const superuser = new Client({ connectionString: stack.database.superuserUrl });
    await superuser.connect();
    await superuser.query('REVOKE INSERT ON read_log FROM kuaipei_api');
    const look = await stack.post('finance-a-i001', `/v1/claims/${PAID}/payees/${payeeId}/look`);
    await superuser.query('GRANT INSERT ON read_log TO kuaipei_api');
    await superuser.end();
    expect([look.status, look.body.code]).toEqual([503, 'read-not-recorded']);
    expect(look.text).not.toContain(PAYEE.account);
  });
});

describe('UX 36: who saw it too, not only who changed it', () => {
  test('those who answer for the claim read its looks, page by page, newest first', async () => {
    for (let n = 0; n < 3; n++) await stack.get('auditor', `/v1/claims/${ASKED}`);
    for (const account of ['manager-h001', 'senior-reviewer-a-i001']) {
      const first = (await stack.get(account, `/v1/claims/${ASKED}/reads?limit=2`)).body as { items: Array<{ at: string; what: string }>; nextCursor: string };
      const next = (await stack.get(account, `/v1/claims/${ASKED}/reads?limit=2&cursor=${first.nextCursor}`)).body as typeof first;
      const times = [...first.items, ...next.items].map((one) => one.at);
      expect(times.length).toBeGreaterThanOrEqual(3);
      expect(times).toEqual([...times].sort().reverse());
      expect(first.items[0]!.what).toBe('claim');
    }
  });
});

test('SPEC §1.7: an item of a supplement says why it is asked for, to who sees the clinical file', async () => {
  for (const account of ['specialist-a-h001', 'patient-a', 'reviewer-a-i001']) expect([account, (await view(account, ASKED)).clinical!.supplements[0]!.items[0]!.why?.zh]).toEqual([account, SECRET]);
  for (const account of ['finance-a-i001', 'ops']) expect((await stack.get(account, `/v1/claims/${ASKED}`)).text).not.toContain(SECRET);
});

test('SPEC §1.7: a reason that the guard proposed is read by everybody in their own language; own words stay as they were written', async () => {
  const database = createDatabase(stack.database.workerUrl);
  const claimNo = 'KP-2026-000751';
  await plant(database, inAcceptance({ patientPersonId: 'P-PATIENT-A', without: ['anaesthesia-record'] }).act('ask-supplement', { items: [
    { document: 'anaesthesia-record', from: 'hospital', couldNotHaveBeenKnown: false, whyCode: 'declared-missing' }, { fact: 'other', from: 'patient', couldNotHaveBeenKnown: false, why: '请说明经过' },
  ] }, PEOPLE.reviewer), claimNo);
  await database.$disconnect();
  const whys = (await view('patient-a', claimNo)).clinical!.supplements[0]!.items.map((item) => item.why);
  expect(whys).toEqual([
    { zh: '医院说明无法提供麻醉记录；请确认能否从别处取得。', en: 'The hospital has said that it cannot provide the anaesthesia record; can it be had elsewhere?' }, { zh: '请说明经过', en: '请说明经过' },
  ]);
});

describe('SPEC §1.7: the one-ask guard', () => {
  test('who may ask sees what is missing and from whom; nobody else does', async () => {
    const { oneAsk } = (await view('reviewer-a-i001', INCOMPLETE)).assessment!;
    expect(oneAsk!.filter((one) => one.conditional === null).map(({ document, from, why }) => [document, from, why.code])).toEqual([
      ['anaesthesia-record', 'hospital', 'declared-missing'], ['invoice', 'patient', 'declared-missing'], ['witness-pack', 'hospital', 'declared-missing'],
    ]);
    for (const account of ['approver-a-i001', 'specialist-a-h001', 'auditor']) expect([account, (await view(account, INCOMPLETE)).assessment!.oneAsk]).toEqual([account, null]);
  });

  test('an act that is not possible says what is missing', async () => {
    const accept = (await view('reviewer-a-i001', INCOMPLETE)).notNow.find((one) => one.command === 'accept-file')!;
    expect([accept.code, accept.text.zh, accept.text.en]).toEqual(['file-incomplete', expect.stringContaining('麻醉记录'), expect.stringContaining('anaesthesia record')]);
  });
});

describe('SPEC §1.8: the letter', () => {
  test('everybody who sees decision and file reads it; finance and operations do not', async () => {
    for (const [role, account] of Object.entries(ACCOUNT).filter(([one]) => one !== 'mediator')) {
      const { letter } = await view(account, DEATH);
      expect([role, letter?.tone]).toEqual([role, role === 'finance' || role === 'ops' ? undefined : 'quiet']);
    }
  });

  test('who decides reads beforehand what would be sent, and nothing changes', async () => {
    const claimNo = numbers.find((one) => states[one]!.stage === 'approval')!;
    const lines = states[claimNo]!.recommendation!.lines;
    const preview = await stack.post('approver-a-i001', `/v1/claims/${claimNo}/letter-preview`, { decision: 'reject', lines: lines.map((one) => ({ ...one, approvedFen: 0 })), reasons: ['C01'] }, { 'Idempotency-Key': '' });
    expect([preview.status, preview.body.decision, preview.body.reasons[0].clause]).toEqual([200, 'reject', '4.1']);
    expect((await view('approver-a-i001', claimNo)).version).toBe(states[claimNo]!.version);
  });
});

describe('related claims', () => {
  test('the same patient and a void duplicate are named in scope; a survivor out of scope is there without a number', async () => {
    const database = createDatabase(stack.database.workerUrl);
    const KEPT = 'KP-2026-000731', VOID = 'KP-2026-000732', LATER = 'KP-2026-000733';
    await plant(database, inReview(), KEPT);
    const ended = inAcceptance().act('void', { survivor: KEPT, note: SECRET }, PEOPLE.manager);
    await plant(database, ended.act('confirm-proposal', { proposalId: ended.state.proposals[0]!.proposalId }, PEOPLE.senior), VOID);
    await plant(database, inAcceptance(), LATER);
    // The later claim is one of the same patient.
    const { patientId } = await database.claim.findUniqueOrThrow({ where: { claimNo: KEPT } });
    await database.claim.update({ where: { claimNo: LATER }, data: { patientId, surgeryAt: new Date('2026-01-05T01:00:00Z') } });
    await database.$disconnect();
    expect((await view('reviewer-a-i001', KEPT)).related).toEqual(expect.arrayContaining([{ claimNo: VOID, why: 'duplicate', stage: 'closed' }, { claimNo: LATER, why: 'same-patient', stage: 'acceptance' }]));
    expect((await view('specialist-a-h001', VOID)).related).toContainEqual({ claimNo: KEPT, why: 'survivor', stage: 'review' });
    expect((await view('patient-a', PAID)).related).toBeNull();
  });

  test('what is void for the sake of a claim is found by an index, not in the state of every void claim', async () => {
    const owner = new Client({ connectionString: stack.database.superuserUrl });
    await owner.connect();
    await owner.query('SET enable_seqscan = off');
    const { rows } = await owner.query<{ 'QUERY PLAN': string }>("EXPLAIN SELECT claim_no FROM claim WHERE survivor = 'KP-2026-000731'");
    await owner.end();
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index.* using claim_survivor_idx|on claim_survivor_idx/);
  });
});

test('related claims: the same file in another claim, by number where the reader sees it, without where not', async () => {
  const database = createDatabase(stack.database.workerUrl);
  const HERE = 'KP-2026-000741', THERE = 'KP-2026-000742', FOREIGN = 'KP-2026-000743';
  const s = inReview();
  const [first, second] = s.state.documents;
  s.fact('flag-document', { flag: 'duplicate-file', about: first!.documentId }, 'storage').fact('flag-document', { flag: 'duplicate-file', about: second!.documentId }, 'storage');
  const { documents } = await plant(database, s, HERE);
  await plant(database, inReview(), THERE);
  await plant(database, inReview(), FOREIGN, { hospital: 'H002', insurer: 'I002' });
  for (const [claimNo, { sha256 }, house] of [[THERE, documents[0]!, ['H001', 'I001']], [FOREIGN, documents[1]!, ['H002', 'I002']]] as const) {
    const id = randomUUID();
    await database.document.create({ data: { id, claimNo, kind: 'other', fileName: 'a.pdf', bytes: 1, mediaType: 'application/pdf', sha256, storageKey: id, status: 'attached', flags: [], uploadedBy: 'x', uploadedAt: new Date(), hospital: house[0], department: 'general-surgery', insurer: house[1] } });
  }
  await database.$disconnect();
  expect((await view('reviewer-a-i001', HERE)).related).toEqual([{ claimNo: THERE, why: 'same-file', stage: 'review' }, { claimNo: null, why: 'same-file', stage: null }]);
  expect((await stack.get('reviewer-a-i001', `/v1/claims/${HERE}`)).text).not.toContain(FOREIGN);
});

test('the patient reads what happens now and whom to ask, by name', async () => {
  const seen = await view('patient-a', ASKED);
  expect(seen.plain!.zh).toContain('需要您提供1项');
  expect(seen.contact).toEqual({ role: 'liaison', name: '陈静' });
});
