import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { token } from '../support/identity';
import { aReport, NOWHERE, startStack, type Stack } from './stack';

const pdf = readFileSync(join(__dirname, '../../dev/samples/files/fixture.pdf'));
let stack: Stack;
beforeAll(async () => { stack = await startStack({ temporal: NOWHERE }); }, 120_000);
afterAll(() => stack.stop());

test('tus creation-with-upload: one POST with the whole file is answered 201 with the document, which can be read', async () => {
  const { body: { claimNo } } = await stack.post('specialist-a-h001', '/v1/claims', aReport('U1'));
  const metadata = Object.entries({ claimNo, kind: 'medical-summary', filename: '出院小结.pdf', sha256: createHash('sha256').update(pdf).digest('hex') });
  const answer = await request(stack.url).post('/v1/uploads').set({
    Authorization: `Bearer ${await token('specialist-a-h001')}`, 'Tus-Resumable': '1.0.0', 'Upload-Length': String(pdf.length),
    'Upload-Metadata': metadata.map(([key, value]) => `${key} ${Buffer.from(String(value)).toString('base64')}`).join(','), 'Content-Type': 'application/offset+octet-stream',
  }).send(pdf);
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
