import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
