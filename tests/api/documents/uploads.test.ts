import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderStore } from '../../../src/platform/documents/folder-store';
import { createS3Store } from '../../../src/platform/documents/s3-store';
import { ScannerUnavailable, type Scanner, type ScanResult } from '../../../src/platform/documents/scanner';
import type { DocumentStore } from '../../../src/platform/documents/store';
import { keysIn } from '../../support/keys';
import { create, head, headersOf, metadataFor, patch, sha256, upload } from './client';
import { startUploadServer, type UploadServer } from './upload-server';

const SAMPLES = join(__dirname, '../../../dev/samples/files');
const pdf = readFileSync(join(SAMPLES, 'fixture.pdf'));

// The same tests run against real S3 storage where its endpoint (with a bucket of this name) is given.
const s3 = process.env['TEST_S3_ENDPOINT'];
const stores: [string, (folder: string) => DocumentStore][] = [['folder', (folder) => createFolderStore(folder, keysIn(folder))]];
if (s3 !== undefined) stores.push(['S3', (folder) => createS3Store({ kind: 's3', endpoint: s3, bucket: 'kuaipei-test', region: 'us-east-1' }, keysIn(folder))]);

describe.each(stores)('uploads to a %s', (kind, storeIn) => {
  let folder: string;
  let store: DocumentStore;
  let server: UploadServer;
  let scan: () => Promise<ScanResult>;
  let beforeRow: () => void;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kuaipei-uploads-'));
    store = storeIn(folder);
    const scanner: Scanner = { scan: (content) => { content.destroy(); return scan(); } };
    server = await startUploadServer({ folder, store, scanner, beforeRow: () => { beforeRow(); } });
  });
  beforeEach(() => {
    scan = () => Promise.resolve({ kind: 'clean' });
    beforeRow = () => undefined;
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const rowOf = (documentId: unknown) => server.rows().find((row) => row.uploadId === documentId);

  it('SPEC §1.3: a document is kind, name, bytes, sniffed media type, sha-256, who; and its content is what was sent', async () => {
    const answer = await upload(server.url, 'li', pdf, { filename: '../出院\u202e小结.pdf', sha256: sha256(pdf).toUpperCase() });
    expect(answer.status).toBe(200);
    const { documentId } = (await answer.json()) as { documentId: string };
    expect(answer.headers.get('document-id')).toBe(documentId);
    expect(rowOf(documentId)).toEqual({
      uploadId: documentId, claimNo: 'KP-2026-000001', kind: 'medical-summary', fileName: '出院小结.pdf', bytes: pdf.length,
      mediaType: 'application/pdf', sha256: sha256(pdf), storageKey: `documents/${documentId}`, objectKey: expect.stringMatching(/^v1\.first\./) as string, flags: [], uploadedBy: 'li',
    });
    const content = Buffer.concat((await (await store.objects.openRange(rowOf(documentId)!)).toArray()) as Buffer[]);
    expect(content.equals(pdf)).toBe(true);
  });

  it('a file that comes in pieces, one of them twice, is the same file', async () => {
    const created = await create(server.url, 'li', pdf.length, metadataFor(pdf));
    const location = new URL(created.headers.get('location') ?? '', server.url).href;
    expect((await patch(location, 'li', 0, pdf.subarray(0, 3_000))).status).toBe(204);
    expect(await (await patch(location, 'li', 0, pdf.subarray(0, 3_000))).json()).toMatchObject({ status: 409, code: 'upload-offset' });
    expect((await head(location, 'li')).headers.get('upload-offset')).toBe('3000');
    expect((await patch(location, 'li', 3_000, pdf.subarray(3_000))).status).toBe(200);
  });

  it('issue 5: objects encrypted, on their way and for good: no byte of the file and not its name lies in clear', async () => {
    if (kind !== 'folder') return;
    const created = await create(server.url, 'li', pdf.length, metadataFor(pdf, { filename: '张三出院小结.pdf' }));
    const location = new URL(created.headers.get('location') ?? '', server.url).href;
    await patch(location, 'li', 0, pdf.subarray(0, 3_001));
    const lying = (): Buffer => Buffer.concat(readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'rows.ndjson').map((entry) => readFileSync(join(entry.parentPath, entry.name))));
    const inClear = (): string[] => ['%PDF-', 'endobj', '张三', Buffer.from('张三出院小结').toString('base64')].filter((text) => lying().includes(text));
    expect(inClear()).toEqual([]);
    await patch(location, 'li', 3_001, pdf.subarray(3_001, 4_000));
    expect((await patch(location, 'li', 4_000, pdf.subarray(4_000))).status).toBe(200);
    expect(inClear()).toEqual([]);
    expect(pdf.includes('endobj')).toBe(true);
  });

  it('the answer to the last byte can be had again: by HEAD, and by sending nothing at the end', async () => {
    const first = await upload(server.url, 'li', pdf);
    const rows = server.rows().length;
    const { documentId } = (await first.json()) as { documentId: string };
    const asked = await head(first.location, 'li');
    expect([asked.status, asked.headers.get('document-id'), asked.headers.get('upload-offset')]).toEqual([200, documentId, String(pdf.length)]);
    expect(await (await patch(first.location, 'li', pdf.length, Buffer.alloc(0))).json()).toMatchObject({ documentId });
    expect(server.rows()).toHaveLength(rows);
  });

  it('SPEC §1.3: never overwritten, never deleted', async () => {
    const { location } = await upload(server.url, 'li', pdf);
    expect((await patch(location, 'li', 0, Buffer.from('other'))).status).toBe(409);
    expect(await (await fetch(location, { method: 'DELETE', headers: headersOf('li') })).json()).toMatchObject({ status: 409, code: 'upload-ended' });
    const stored = rowOf(location.split('/').at(-1))!;
    expect((await store.objects.stat(stored))?.bytes).toBe(pdf.length);
    await expect(store.objects.put(stored.storageKey, Buffer.from('other'), 5)).rejects.toThrow('none is written over');
  });

  it('an upload that is not finished can be given up', async () => {
    const created = await create(server.url, 'li', pdf.length, metadataFor(pdf));
    const location = new URL(created.headers.get('location') ?? '', server.url).href;
    expect((await fetch(location, { method: 'DELETE', headers: headersOf('li') })).status).toBe(204);
    expect((await head(location, 'li')).status).toBe(404);
  });

  it('FAULTS 24: bytes other than declared are refused, removed, and refused again when asked again', async () => {
    const flipped = Buffer.from(pdf);
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    const answer = await upload(server.url, 'li', flipped, { sha256: sha256(pdf) });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 422, code: 'checksum-mismatch', text: { zh: expect.any(String) as string } });
    expect((await head(answer.location, 'li')).status).toBe(410);
    expect(await (await patch(answer.location, 'li', pdf.length, Buffer.alloc(0))).json()).toMatchObject({ code: 'checksum-mismatch' });
    const uploadId = answer.location.split('/').at(-1) ?? '';
    expect(await store.objects.stat({ storageKey: `documents/${uploadId}`, bytes: pdf.length, objectKey: null })).toBeNull();
    if (kind === 'folder') expect(readdirSync(join(folder, 'uploads')).filter((name) => name.startsWith(uploadId))).toEqual([`${uploadId}.end`]);
  });

  it('a mislabelled file and malware are refused with their code', async () => {
    const png = readFileSync(join(SAMPLES, 'fixture.png'));
    expect(await (await upload(server.url, 'li', png)).json()).toMatchObject({ status: 422, code: 'mislabelled' });
    scan = () => Promise.resolve({ kind: 'infected', signature: 'Eicar-Test-Signature' });
    expect(await (await upload(server.url, 'li', pdf)).json()).toMatchObject({ status: 422, code: 'malware' });
  });

  it('a scanner that is away lets nothing through and loses nothing: the client goes on when it is back', async () => {
    scan = () => Promise.reject(new ScannerUnavailable('away'));
    const answer = await upload(server.url, 'li', pdf);
    expect(answer.headers.get('retry-after')).toBe('30');
    expect(await answer.json()).toMatchObject({ status: 503, code: 'scanner-unavailable' });
    scan = () => Promise.resolve({ kind: 'not-scanned', why: 'too-large' });
    const again = await head(answer.location, 'li');
    expect(again.status).toBe(200);
    expect(rowOf(again.headers.get('document-id'))).toMatchObject({ flags: ['not-scanned'] });
  });

  it('a row that could not be written is written when the client asks again', async () => {
    beforeRow = () => { throw new Error('database away'); };
    const quiet = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const answer = await upload(server.url, 'li', pdf);
    quiet.mockRestore();
    expect(answer.status).toBe(500);
    beforeRow = () => undefined;
    const again = await head(answer.location, 'li');
    expect(rowOf(again.headers.get('document-id'))).toMatchObject({ sha256: sha256(pdf) });
  });

  it('asked by ten requests at once, an upload ends once', async () => {
    const created = await create(server.url, 'li', pdf.length, metadataFor(pdf));
    const location = new URL(created.headers.get('location') ?? '', server.url).href;
    await patch(location, 'li', 0, pdf.subarray(0, -1));
    let scans = 0;
    scan = async () => { scans += 1; await new Promise((resolve) => { setTimeout(resolve, 100); }); return { kind: 'clean' }; };
    const last = patch(location, 'li', pdf.length - 1, pdf.subarray(-1));
    const asked = await Promise.all(Array.from({ length: 10 }, async () => {
      await new Promise((resolve) => { setTimeout(resolve, Math.random() * 150); });
      return head(location, 'li');
    }));
    const { documentId } = (await (await last).json()) as { documentId: string };
    const complete = asked.filter((one) => one.headers.get('upload-offset') === String(pdf.length));
    expect(complete.map((one) => one.headers.get('document-id'))).toEqual(complete.map(() => documentId));
    expect(asked.every((one) => one.status === 200)).toBe(true);
    expect(scans).toBe(1);
  });

  describe('who', () => {
    it('SPEC §1.2: a claim out of scope is 404; a kind not allowed is what the rules say', async () => {
      expect(await (await create(server.url, 'li', 10, metadataFor(pdf, { claimNo: 'KP-2026-000404' }))).json()).toMatchObject({ status: 404, code: 'not-found' });
      expect((await create(server.url, 'li', 10, metadataFor(pdf, { kind: 'invoice' }))).status).toBe(403);
    });
    it("another person's upload is 404 like one that never was, begun or ended", async () => {
      const begun = await create(server.url, 'li', pdf.length, metadataFor(pdf));
      const ended = await upload(server.url, 'li', pdf);
      const never = `${server.url}/v1/uploads/${randomUUID()}`;
      for (const location of [new URL(begun.headers.get('location') ?? '', server.url).href, ended.location, never]) {
        expect((await head(location, 'wang')).status).toBe(404);
        expect(await (await patch(location, 'wang', 0, pdf)).json()).toMatchObject({ status: 404, code: 'not-found' });
        expect((await fetch(location, { method: 'DELETE', headers: headersOf('wang') })).status).toBe(404);
      }
    });
    it('the client cannot say who uploaded', async () => {
      const created = await create(server.url, 'li', pdf.length, { ...metadataFor(pdf), uploadedBy: 'wang' });
      expect((await head(new URL(created.headers.get('location') ?? '', server.url).href, 'wang')).status).toBe(404);
    });
    it.each(['..%2f..%2fetc%2fpasswd', '%00', 'x', `${randomUUID()}.end`, `${randomUUID()}.json`])('an id such as %s is 404', async (id) => {
      expect((await head(`${server.url}/v1/uploads/${id}`, 'li')).status).toBe(404);
    });
  });

  describe('refused before a byte is sent', () => {
    it.each<[string, number, Record<string, string>, number, string]>([
      ['no sha256', 10, { sha256: '' }, 400, 'upload-headers'],
      ['a kind that does not exist', 10, { kind: 'selfie' }, 400, 'upload-headers'],
      ['no claim number', 10, { claimNo: '1' }, 400, 'upload-headers'],
      ['an empty file', 0, {}, 422, 'empty'],
      ['a document over 50 MiB', 50 * 1024 ** 2 + 1, {}, 413, 'too-large'],
      ['a recording over 2 GiB', 2 * 1024 ** 3 + 1, { kind: 'witness-pack', filename: 'a.mp4' }, 413, 'too-large'],
      ['a Word file', 10, { filename: 'a.docx' }, 422, 'type-not-accepted'],
      ['an archive', 10, { filename: 'a.zip' }, 422, 'type-not-accepted'],
    ])('%s', async (_what, length, declared, status, code) => {
      const answer = await create(server.url, 'li', length, metadataFor(pdf, declared));
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({ status, code, text: { zh: expect.any(String) as string, en: expect.any(String) as string } });
    });
    it('a bad field is named with its rule', async () => {
      const answer = (await (await create(server.url, 'li', 10, metadataFor(pdf, { sha256: 'abc' }))).json()) as { errors: unknown };
      expect(answer.errors).toEqual([{ field: 'Upload-Metadata.sha256', rule: expect.stringContaining('64') as string, text: { zh: expect.stringContaining('64') as string, en: expect.stringContaining('64') as string } }]);
    });
    it('metadata that is none, and a length to come later', async () => {
      const send = (headers: Record<string, string>): Promise<Response> => fetch(`${server.url}/v1/uploads`, { method: 'POST', headers: { ...headersOf('li'), ...headers } });
      expect((await send({ 'Upload-Length': '10' })).status).toBe(400);
      expect((await send({ 'Upload-Length': '10', 'Upload-Metadata': 'a b c,,' })).status).toBe(400);
      const metadata = Object.entries(metadataFor(pdf)).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(',');
      expect((await send({ 'Upload-Defer-Length': '1', 'Upload-Metadata': metadata })).status).toBe(400);
    });
  });

  it('FAULTS 14: no room is said before a byte is sent', async () => {
    const full = { ...store, staging: { ...store.staging, freeBytes: () => Promise.resolve(1_000_000) } };
    const tight = await startUploadServer({ folder, store: full });
    expect(await (await create(tight.url, 'li', pdf.length, metadataFor(pdf))).json()).toMatchObject({ status: 507, code: 'no-room' });
    await tight.stop();
  });

  it('tus 1.0.0: a refusal names the protocol, and another version is 412 with the one we speak', async () => {
    const send = (headers: Record<string, string>): Promise<Response> => fetch(`${server.url}/v1/uploads`, { method: 'POST', headers: { ...headersOf('li'), 'Upload-Length': '10', 'Upload-Metadata': `claimNo ${Buffer.from('1').toString('base64')}`, ...headers } });
    expect((await send({})).headers.get('tus-resumable')).toBe('1.0.0');
    const created = await create(server.url, 'li', pdf.length, metadataFor(pdf));
    const location = new URL(created.headers.get('location') ?? '', server.url).href;
    const other = await fetch(location, { method: 'PATCH', headers: { ...headersOf('li'), 'Tus-Resumable': '0.2.2', 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }, body: new Uint8Array(pdf) });
    expect([other.status, other.headers.get('tus-version'), other.headers.get('tus-resumable')]).toEqual([412, '1.0.0', '1.0.0']);
    expect(await other.json()).toMatchObject({ code: 'tus-resumable' });
  });

  it('a problem speaks the language that is preferred; asked again, the same refusal speaks another', async () => {
    const refused = await upload(server.url, 'li', readFileSync(join(SAMPLES, 'fixture.png')));
    const again = await fetch(refused.location, { method: 'PATCH', headers: { ...headersOf('li'), 'Accept-Language': 'zh-CN', 'Upload-Offset': String(readFileSync(join(SAMPLES, 'fixture.png')).length), 'Content-Type': 'application/offset+octet-stream' } });
    const { detail, text, rule } = (await again.json()) as { detail: string; rule: string; text: { zh: string } };
    expect([again.status, detail, rule]).toEqual([422, text.zh, 'SPEC §1.3']);
  });

  it('tus creation-with-upload: a file that comes whole with its creation is answered 201 with the document', async () => {
    const metadata = Object.entries(metadataFor(pdf)).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(',');
    const answer = await fetch(`${server.url}/v1/uploads`, {
      method: 'POST', headers: { ...headersOf('li'), 'Upload-Length': String(pdf.length), 'Upload-Metadata': metadata, 'Content-Type': 'application/offset+octet-stream' }, body: new Uint8Array(pdf),
    });
    // A client believes the media type: labelled as text, the document would not be read from the body.
    expect([answer.status, answer.headers.get('upload-offset'), answer.headers.get('content-type')]).toEqual([201, String(pdf.length), 'application/json; charset=utf-8']);
    expect(await answer.json()).toMatchObject({ documentId: answer.headers.get('document-id'), sha256: sha256(pdf) });
    expect(answer.headers.get('location')).toMatch(/\/v1\/uploads\//);
  });

  it('more than declared is not taken', async () => {
    const created = await create(server.url, 'li', 100, metadataFor(pdf));
    const location = new URL(created.headers.get('location') ?? '', server.url).href;
    expect((await patch(location, 'li', 0, pdf)).status).toBe(413);
    expect((await head(location, 'li')).headers.get('upload-offset')).toBe('0');
  });

  it('other methods are 405 with Allow; OPTIONS tells what tus can do', async () => {
    for (const method of ['GET', 'PUT']) {
      const answer = await fetch(`${server.url}/v1/uploads`, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'OPTIONS, POST, HEAD, PATCH, DELETE']);
    }
    const options = await fetch(`${server.url}/v1/uploads`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('tus-version')]).toEqual([204, '1.0.0']);
  });
});

it('an upload from before uploads were sealed, or whose key was destroyed, is gone: the client begins anew', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuaipei-unsealed-'));
  const server = await startUploadServer({ folder });
  const created = await create(server.url, 'li', pdf.length, metadataFor(pdf));
  const location = new URL(created.headers.get('location') ?? '', server.url).href;
  const note = join(folder, 'uploads', `${location.split('/').at(-1) ?? ''}.json`);
  const { metadata, ...rest } = JSON.parse(readFileSync(note, 'utf8')) as { metadata: { sealed: string } };
  for (const before of [{ ...metadataFor(pdf), uploadedBy: 'li' }, { sealed: metadata.sealed.replace('.first.', '.gone.') }]) {
    writeFileSync(note, JSON.stringify({ ...rest, metadata: before }));
    expect((await head(location, 'li')).status).toBe(404);
    expect((await patch(location, 'li', 0, pdf)).status).toBe(404);
  }
  await server.stop();
  rmSync(folder, { recursive: true });
});

it('an upload that nobody has gone on with for a week is swept away; a younger one stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuaipei-sweep-'));
  const store = createFolderStore(folder, keysIn(folder));
  const server = await startUploadServer({ folder, store });
  const locations: string[] = [];
  for (const person of ['li', 'wang']) {
    const created = await create(server.url, person, pdf.length, metadataFor(pdf));
    locations.push(new URL(created.headers.get('location') ?? '', server.url).href);
  }
  const [old = '', young = ''] = locations;
  const note = join(folder, 'uploads', `${old.split('/').at(-1) ?? ''}.json`);
  const weekAgo = new Date(Date.now() - 7 * 24 * 3_600_000 - 1_000).toISOString();
  writeFileSync(note, JSON.stringify({ ...(JSON.parse(readFileSync(note, 'utf8')) as object), creation_date: weekAgo }));
  expect(await (await patch(old, 'li', 0, pdf)).json()).toMatchObject({ status: 410, code: 'upload-gone' });
  expect(await store.staging.sweep()).toBe(1);
  expect((await head(old, 'li')).status).toBe(404);
  expect((await head(young, 'wang')).status).toBe(200);
  await server.stop();
  rmSync(folder, { recursive: true });
});
