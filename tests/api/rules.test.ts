import * as z from 'zod';
import { ASK_CODES, BENEFITS, CLOCKS, COMMANDS, DOCUMENT_KINDS, FLAGS, OUTCOME_TYPES, PERSONS_ACTS, REASON_CODES, ROLES, STAGE_NAMES, TASK_KINDS, TIER_NAMES } from '../../src/domain/claim';
import { reportSchema } from '../../src/api/claim/report';
import { rules as schema, type Rules } from '../../src/api/rules/schema';
import { startStack, type Stack } from './stack';

let stack: Stack;
let rules: Rules;
beforeAll(async () => {
  stack = await startStack();
  rules = (await stack.get('patient-a', '/v1/rules')).body as Rules;
}, 120_000);
afterAll(() => stack.stop());

/** Every object with both languages, and where it stands. */
function words(value: unknown, path: string): Array<{ path: string; zh: string; en: string }> {
  if (typeof value !== 'object' || value === null) return [];
  if ('zh' in value || 'en' in value) return [{ path, ...(value as { zh: string; en: string }) }];
  return Object.entries(value).flatMap(([key, one]) => words(one, `${path}/${key}`));
}

test('issue 4: every word of the catalogue stands in Chinese and in English', () => {
  const all = words(rules, '');
  expect(all.length).toBeGreaterThan(150);
  for (const { path, zh, en } of all) {
    expect([path, zh]).toEqual([path, expect.stringMatching(/\p{Script=Han}/u)]);
    expect([path, en]).toEqual([path, expect.stringMatching(/^(?=.*[a-z])[^\p{Script=Han}]+$/iu)]);
  }
});

test('the catalogue is whole: every member of the domain\'s enumerations is in it, and nothing else', () => {
  const codes = (list: ReadonlyArray<{ code: string }>): string[] => list.map((one) => one.code).sort();
  const sorted = (list: readonly string[]): string[] => [...list].sort();
  expect(rules.commands.map((one) => one.name).sort()).toEqual(sorted(PERSONS_ACTS));
  const enumerations = { stages: STAGE_NAMES, tiers: TIER_NAMES, roles: ROLES, outcomeTypes: OUTCOME_TYPES, documentKinds: DOCUMENT_KINDS, benefits: BENEFITS, reasons: REASON_CODES, flags: Object.keys(FLAGS), tasks: TASK_KINDS, clocks: Object.keys(CLOCKS) } as const;
  for (const [name, members] of Object.entries(enumerations)) expect([name, codes(rules[name as keyof typeof enumerations])]).toEqual([name, sorted(members)]);
  expect(schema.strict().safeParse(rules).error).toBeUndefined();
});

/** The codes that a form must offer: enumerations, and the branches of a choice, wherever in a body they stand. */
function codesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { enum: members, const: only } = node as { enum?: string[]; const?: string };
  return [...(members ?? []), ...(typeof only === 'string' ? [only] : []), ...Object.values(node).flatMap(codesIn)];
}

test.each([...PERSONS_ACTS.map((name) => [name, COMMANDS[name].schema] as const), ['report', reportSchema] as const])('what the form of %s offers has words', (_, body) => {
  const known = new Set(JSON.stringify(rules).match(/"(?:code|name)":"[^"]+"/g)!.map((one) => one.split('":"')[1]!.slice(0, -1)));
  const json = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' });
  // The sentence of a proposed reason depends on the claim and comes with its proposals.
  const told: readonly string[] = ASK_CODES;
  expect(codesIn(json).filter((code) => !known.has(code) && !told.includes(code))).toEqual([]);
});

test('SPEC §1.3: the matrix, and what may be uploaded as each kind, with its size in bytes', () => {
  const kind = (code: string) => rules.documentKinds.find((one) => one.code === code)!;
  expect(kind('witness-pack').needs).toContainEqual({ outcomeType: 'death', cell: 'M*' });
  expect(kind('disability-appraisal').needs).toContainEqual({ outcomeType: 'disability', cell: 'M' });
  expect(kind('witness-pack').types.some((one) => one.mediaType === 'video/mp4' && one.limitBytes === 2 * 1024 ** 3)).toBe(true);
  expect(kind('claim-form').types.some((one) => one.mediaType.startsWith('video/'))).toBe(false);
  expect(kind('claim-form').uploaders).toContain('patient');
  expect(kind('anaesthesia-record').uploaders).not.toContain('patient');
});

test('SPEC §1.2: which acts need a second person, always or sometimes', () => {
  const second = Object.fromEntries(rules.commands.map((one) => [one.name, one.second]));
  expect(second['void']).toEqual({ roles: expect.arrayContaining(['manager', 'approver']), always: true });
  expect(second['recommend']).toMatchObject({ always: false });
  expect(second['accept-file']).toBeNull();
});

test('who may look at an account, at who read a claim, and take its evidence; how long a glass stays broken: the console asks, and repeats no list', () => {
  expect(rules.readers).toEqual({ account: ['finance', 'auditor'], reads: ['manager', 'senior-reviewer', 'auditor'], evidencePack: ['manager', 'senior-reviewer', 'mediator', 'auditor'] });
  expect(rules.glass).toEqual({ minutes: 60, shortestReason: 10 });
});

test('SPEC §1.8: a part or a rejection names evidence, a payment in full need not', () => {
  expect(rules.decisions.map((one) => [one.code, one.needsEvidence])).toEqual([['approve', false], ['part', true], ['reject', true]]);
});

test('the houses by name, the same for everybody, and nothing to fetch twice', async () => {
  expect(rules.hospitals).toContainEqual({ code: 'H001', name: '东湖医院 Donghu Hospital', insurer: 'I001' });
  const first = await stack.get('reviewer-a-i001', '/v1/rules');
  expect(first.body).toEqual(rules);
  expect(first.headers['cache-control']).toContain('public');
  const again = await stack.get('ops', '/v1/rules', { 'If-None-Match': first.headers['etag']! });
  expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', first.headers['etag']]);
  expect((await stack.get('ops', '/v1/rules', { 'If-None-Match': '"other"' })).status).toBe(200);
});
