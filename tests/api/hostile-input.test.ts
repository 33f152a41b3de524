import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import request, { type Response } from 'supertest';
import { fieldError } from '../../src/api/http/fields';
import { faultIn } from '../../src/api/http/hostile-json';
import { bundleOf, encounter, patient, procedure, APPENDECTOMY, SURGERY_AT } from '../domain/intake/record';
import { token } from '../support/identity';
import { aReport, NOWHERE, startStack, type Stack } from './stack';

const faultOf = (json: string) => { const fault = faultIn(Buffer.from(json)); return fault && [fault.kind, 'path' in fault ? fault.path.join('/') : null]; };
/** Below `depth` objects and lists by turns. */
const buried = (json: string, depth: number): string => (depth === 0 ? json : depth % 2 === 0 ? `{"a b":1, "in" : ${buried(json, depth - 1)} }` : `[true,"x\\"}",${buried(json, depth - 1)}]`);

describe('issue 5 part 6: JSON: duplicate keys, lone surrogates, numbers like 1e309', () => {
  test.each<[string, string, [string, string] | null]>([
    ['a name twice', '{"a":1,"b":{},"a":2}', ['duplicate-name', 'a']], ['twice in a list of objects', '[{"a":1},{"a":1,"a":1}]', ['duplicate-name', '1/a']],
    ['the same name, spelled otherwise', '{"a":1,"\\u0061":2}', ['duplicate-name', 'a']], ['after an object', '{"a":{"b":1},"a":2}', ['duplicate-name', 'a']], ['__proto__ twice', '{"__proto__":1,"__proto__":2}', ['duplicate-name', '__proto__']],
    ['the same name in two objects', '{"a":{"a":1},"b":[{"a":1},{"a":1}]}', null], ['a name and a value alike', '{"a":"b","b":"a"}', null], ['strings of a list', '["a","a"]', null], ['what looks like JSON in a string', '{"a":"{\\"b\\":1,\\"b\\":1e309}"}', null],
    ['half a pair', '{"a":["x\\ud800"]}', ['surrogate', 'a/0']], ['the other half', '"\\udc00\\ud800"', ['surrogate', '']], ['half a pair in a name', '{"a":{"\\ud83d":1}}', ['surrogate', 'a']], ['a whole pair', '{"\\ud83d\\ude00":"\\ud83d\\ude00😀"}', null],
    ['1e309', '{"a":1e309}', ['number', 'a']], ['-1e309', '[0,-1e309]', ['number', '1']], ['digits without end', `[${'9'.repeat(400)}]`, ['number', '0']], ['-0', '{"a":-0}', ['number', 'a']], ['-0.0e5', '[-0.0e5]', ['number', '0']], ['-1e-400', '[-1e-400]', ['number', '0']],
    ['ordinary numbers', '[0,1,-1,0.5,1e308,-1.5E-7,9007199254740991]', null],
  ])('%s', (_what, json, fault) => { expect(faultOf(json)).toEqual(fault); });

  test('whatever JSON.stringify writes of whole texts has no fault', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 2), (value, space) => faultIn(Buffer.from(JSON.stringify(value, null, space))) === null), { numRuns: 500 });
  });

  test('a name twice, half a pair or a number beyond is found at any depth', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 19 }), fc.constantFrom('{"k":0,"k":0}', '"\\uDBFF"', '1e999', '-0'), (depth, fault) => faultOf(buried(fault, depth)) !== null && faultOf(buried('{"k":0}', depth)) === null));
  });

  test.each(['constructor', '__proto__', 'toString'])('a field named %s is named by itself in its refusal', (name) => {
    expect(fieldError(`/${name}`, { zh: '必填', en: 'is needed' }).text).toEqual({ zh: `${name}：必填`, en: `${name}: is needed` });
  });

  test('bytes that are no JSON are left to the parser: nothing is thrown', () => {
    const bits = fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '\\u', 'a', '-', '1', 'e', ' ', '\ud800'), { maxLength: 60 }).map((parts) => Buffer.from(parts.join('')));
    fc.assert(fc.property(fc.oneof(bits, fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))), (bytes) => { faultIn(bytes); }), { numRuns: 2_000 });
  });
});

describe('issue 5 part 6: hostile input, through the API', () => {
  let stack: Stack;
  let bearer: string;
  beforeAll(async () => {
    stack = await startStack({ temporal: NOWHERE });
    bearer = await token('specialist-a-h001');
  }, 120_000);
  afterAll(() => stack.stop());
  const send = (body: string | Buffer, path = '/v1/claims', type = 'application/json'): Promise<Response> =>
    Promise.resolve(request(stack.url).post(path).set({ 'Authorization': `Bearer ${bearer}`, 'Idempotency-Key': randomUUID(), 'Content-Type': type }).serialize((raw: unknown) => raw as string).send(body as string));
  const report = (): string => JSON.stringify(aReport('HOSTILE'));

  test('what two programs would read differently is refused before any schema: 400 or 422, with its place and never its value', async () => {
    const answers = [
      await send(report().replace('"name":', '"name":"secret-value","name":')), await send(report().replace('"测试患者"', '"secret-value\\ud800"')), await send(report().replace('"测试患者"', '1e309')), await send(report().replace('"测试患者"', '-0')),
      await send(report().replace('"测试患者"', 'NaN')), await send(Buffer.concat([Buffer.from('{"patient":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')])),
    ];
    expect(answers.map(({ status, body }) => [status, body.code, body.field])).toEqual([
      [400, 'duplicate-name', '/patient/name'], [422, 'invalid-input', '/patient/name'], [422, 'invalid-input', '/patient/name'], [422, 'invalid-input', '/patient/name'], [400, 'malformed-json', undefined], [400, 'malformed-json', undefined],
    ]);
    for (const { text } of answers) expect(text).not.toContain('secret-value');
  });

  test('no bytes make the API answer 5xx', async () => {
    const whole = Buffer.from(report());
    const mutated = fc.tuple(fc.nat(whole.length - 1), fc.nat(8), fc.oneof(fc.constantFrom('"', '{', '}', '\\', '\\u', '-0', '1e309', 'null', '\u0000', '[', ',"a":1,"a":2'), fc.string({ unit: 'binary', maxLength: 8 })))
      .map(([at, cut, put]) => Buffer.concat([whole.subarray(0, at), Buffer.from(put), whole.subarray(at + cut)]));
    await fc.assert(fc.asyncProperty(fc.oneof(mutated, fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes))), fc.constantFrom('/v1/claims', '/v1/intake/fhir', '/v1/patient-sessions'), async (bytes, path) => {
      const { status } = await send(bytes, path);
      expect([400, 404, 413, 415, 422, 429, 201, 200]).toContain(status);
    }), { numRuns: 120 });
  }, 60_000);

  test('SSRF: no address in a body or header is ever asked', async () => {
    let asked = 0;
    const trap = createServer((_req, res) => { asked += 1; res.end('{}'); }).on('connection', () => { asked += 1; });
    await new Promise<void>((resolve) => { trap.listen(0, '127.0.0.1', resolve); });
    const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/x`;
    const bundle = bundleOf(patient({ managingOrganization: { reference: url }, photo: [{ url }], link: [{ other: { reference: url }, type: 'seealso' }] }), encounter(), procedure(APPENDECTOMY, SURGERY_AT, { instantiatesUri: [url], report: [{ reference: url }] })) as Record<string, unknown>;
    const addressed = { ...bundle, meta: { profile: [url], source: url }, implicitRules: url, link: [{ relation: 'next', url }], signature: { onBehalfOf: { reference: url } } };
    const taken = await send(JSON.stringify(addressed), '/v1/intake/fhir', 'application/fhir+json');
    expect([200, 201, 422]).toContain(taken.status);
    await send(JSON.stringify({ ...aReport('SSRF'), callbackUrl: url, $schema: url, webhook: { url } }));
    const headers = { 'Host': url.slice(7, -2), 'X-Forwarded-Host': url.slice(7), 'Forwarded': `host=${url.slice(7)}`, 'X-Forwarded-For': '203.0.113.5', 'X-Original-URL': url, 'Referer': url, 'Origin': url, 'Callback': url };
    const { body: { claimNo } } = await stack.post('specialist-a-h001', '/v1/claims', aReport('SSRF-2'), headers);
    const { body } = await stack.post('specialist-a-h001', `/v1/claims/${claimNo}/patient-link`, {}, headers);
    expect(body.url).toMatch(/^http:\/\/127\.0\.0\.1:8080\/p#/); // PUBLIC_URL, never the Host that was sent
    // A token that says where its keys are.
    const foreign = [Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'at+jwt', kid: 'x', jku: url, x5u: url })).toString('base64url'), Buffer.from(JSON.stringify({ iss: url, sub: 'x', aud: 'kuaipei-api', exp: 9999999999 })).toString('base64url'), 'AAAA'].join('.');
    expect((await request(stack.url).get('/v1/claims').set('Authorization', `Bearer ${foreign}`)).status).toBe(401);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked).toBe(0);
    await new Promise((resolve) => { trap.close(resolve); });
  });
});
