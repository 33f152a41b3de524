import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import request from 'supertest';
import { token } from '../support/identity';
import { eventually } from '../support/parties';
import { aReport, NOWHERE, startStack, type Stack } from './stack';

const pdf = readFileSync(join(__dirname, '../../dev/samples/files/fixture.pdf'));
let stack: Stack;
beforeAll(async () => { stack = await startStack({ temporal: NOWHERE }); }, 120_000);
afterAll(() => stack.stop());

/** A file in one request. */
async function whole(claimNo: string): Promise<request.Response> {
  const metadata = Object.entries({ claimNo, kind: 'medical-summary', filename: '出院小结.pdf', sha256: createHash('sha256').update(pdf).digest('hex') });
  return request(stack.url).post('/v1/uploads').set({
    Authorization: `Bearer ${await token('specialist-a-h001')}`, 'Tus-Resumable': '1.0.0', 'Upload-Length': String(pdf.length),
    'Upload-Metadata': metadata.map(([key, value]) => `${key} ${Buffer.from(String(value)).toString('base64')}`).join(','), 'Content-Type': 'application/offset+octet-stream',
  }).send(pdf);
}

test('tus creation-with-upload: one POST with the whole file is answered 201 with the document, which can be read', async () => {
  const { body: { claimNo } } = await stack.post('specialist-a-h001', '/v1/claims', aReport('U1'));
  const answer = await whole(claimNo);
  expect([answer.status, answer.body]).toEqual([201, { documentId: answer.headers['document-id'], bytes: pdf.length, mediaType: 'application/pdf', sha256: expect.any(String), flags: [] }]);
  const read = await stack.get('specialist-a-h001', `/v1/documents/${answer.headers['document-id']}`);
  expect([read.status, Number(read.headers['content-length'])]).toEqual([200, pdf.length]);
});

test('issue 5: objects encrypted, and tampering with any document is found, and named: nothing of the changed file is given out', async () => {
  const { body: { claimNo } } = await stack.post('specialist-a-h001', '/v1/claims', aReport('U2'));
  const { documentId } = await stack.upload('specialist-a-h001', claimNo, 'medical-summary');
  const path = join(stack.storeFolder, 'objects', 'documents', documentId);
  const kept = readFileSync(path);
  expect(kept.includes('%PDF')).toBe(false);
  const range = { Range: `bytes=0-${String(kept.length - 17)}` };
  expect((await stack.get('specialist-a-h001', `/v1/documents/${documentId}`, range)).status).toBe(206);
  for (const changed of [Buffer.concat([kept.subarray(0, 200), Buffer.from([kept[200]! ^ 1]), kept.subarray(201)]), kept.subarray(0, -1), Buffer.concat([kept, Buffer.from('x')])]) {
    rmSync(path);
    writeFileSync(path, changed);
    stack.lines.length = 0;
    const answer = await stack.get('specialist-a-h001', `/v1/documents/${documentId}`);
    expect([answer.status, answer.body]).toEqual([500, expect.objectContaining({ code: 'content-changed' })]);
    expect(stack.lines.join('')).toContain(`content documents/${documentId} is not what was stored`);
  }
});

test('issue 5: an upload that ends while the file is ruled to be erased leaves nothing: no row, and no content', async () => {
  const { body: { claimNo } } = await stack.post('specialist-a-h001', '/v1/claims', aReport('U3'));
  const objects = join(stack.storeFolder, 'objects', 'documents');
  const before = existsSync(objects) ? readdirSync(objects) : [];
  // As the worker records an erasure: the claim's row first, then the state that says it.
  const worker = new Client({ connectionString: stack.database.workerUrl });
  await worker.connect();
  await worker.query('BEGIN');
  await worker.query('SELECT FROM claim WHERE claim_no = $1 FOR UPDATE', [claimNo]);
  const uploading = whole(claimNo);
  const superuser = new Client({ connectionString: stack.database.superuserUrl });
  await superuser.connect();
  await eventually(async () => (await superuser.query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = 'kuaipei_api' AND wait_event_type = 'Lock'")).rowCount || undefined);
  expect(readdirSync(objects)).toHaveLength(before.length + 1);
  await worker.query(`UPDATE claim SET state = state || '{"erased":[{"what":"file","rule":"withdrawn","dueOn":"2029-01-01","at":"2029-01-01T00:00:00.000Z"}]}' WHERE claim_no = $1`, [claimNo]);
  await worker.query('COMMIT');
  const { status, body } = await uploading;
  const rows = (await superuser.query('SELECT FROM document WHERE claim_no = $1', [claimNo])).rowCount;
  await Promise.all([worker.end(), superuser.end()]);
  expect([status, body.code, rows, readdirSync(objects)]).toEqual([409, 'erased', 0, before]);
});
