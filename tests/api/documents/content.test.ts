import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wantedRange } from '../../../src/api/documents/byte-range';
import { contentDisposition } from '../../../src/api/documents/content-disposition';
import { ProblemError, READ_NOT_RECORDED } from '../../../src/api/problems';
import { headersOf, sha256, upload, type Declaration } from './client';
import { startUploadServer, type UploadServer } from './upload-server';

const SAMPLES = join(__dirname, '../../../dev/samples/files');
const pdf = readFileSync(join(SAMPLES, 'fixture.pdf'));

describe('GET /v1/documents/{id}', () => {
  let folder: string;
  let server: UploadServer;
  let readers: string[] = [];
  let recorderDown = false;
  let id: string;

  const get = (documentId: string, headers: Record<string, string> = {}, method = 'GET', person = 'li'): Promise<Response> =>
    fetch(`${server.url}/v1/documents/${documentId}`, { method, headers: { ...headersOf(person), ...headers } });
  const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());
  const uploaded = async (name: string, declared: Declaration = {}): Promise<string> => {
    const answer = await upload(server.url, 'li', readFileSync(join(SAMPLES, name)), { kind: 'other', filename: name, ...declared });
    return ((await answer.json()) as { documentId: string }).documentId;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kuaipei-content-'));
    server = await startUploadServer({
      folder,
      onRead: (person) => {
        if (recorderDown) throw new ProblemError(READ_NOT_RECORDED);
        readers.push(person);
      },
    });
    id = await uploaded('fixture.pdf', { filename: '出院小结 “终稿”.pdf' });
  });
  beforeEach(() => { readers = []; recorderDown = false; });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('issue 5 part 6: EXIF location removed from what is shown: whole, by ranges, and under an ETag of its own', async () => {
    const photo = readFileSync(join(SAMPLES, 'exif_gps.jpg'));
    const photoId = await uploaded('exif_gps.jpg');
    const answer = await get(photoId);
    const whole = await bytesOf(answer);
    expect([whole.length, whole.equals(photo)]).toEqual([photo.length, false]);
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toBe(`"${sha256(photo)}-without-location"`);
    const part = await get(photoId, { range: 'bytes=20-2000', 'if-range': etag });
    expect(part.status).toBe(206);
    expect((await bytesOf(part)).equals(whole.subarray(20, 2001))).toBe(true);
    expect((await get(photoId, { range: 'bytes=0-1', 'if-range': `"${sha256(photo)}"` })).status).toBe(200);
    expect((await get(photoId, { 'if-none-match': etag })).status).toBe(304);
  });

  it('gives the content as it came, with its name, its hash as ETag, and nothing that could run', async () => {
    const answer = await get(id);
    expect(answer.status).toBe(200);
    expect((await bytesOf(answer)).equals(pdf)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      etag: `"${sha256(pdf)}"`,
      'content-type': 'application/pdf',
      'content-length': String(pdf.length),
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'content-disposition': `inline; filename="____ ____.pdf"; filename*=UTF-8''${encodeURIComponent('出院小结 “终稿”.pdf')}`,
    });
  });

  it.each([
    ['bytes=0-99', 0, 99], ['bytes=100-', 100, pdf.length - 1], ['bytes=-50', pdf.length - 50, pdf.length - 1], ['bytes=10-999999', 10, pdf.length - 1],
  ])('%s is that part', async (range, start, end) => {
    const answer = await get(id, { Range: range });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([206, `bytes ${String(start)}-${String(end)}/${String(pdf.length)}`]);
    expect((await bytesOf(answer)).equals(pdf.subarray(start, end + 1))).toBe(true);
  });
  it('several ranges at once, and nonsense, are answered with the whole', async () => {
    for (const range of ['bytes=0-1,5-6', 'lines=1-2', 'bytes=5-1', 'bytes=-']) expect((await get(id, { Range: range })).status).toBe(200);
  });
  it('a range beyond the end is 416 and tells the length', async () => {
    const answer = await get(id, { Range: `bytes=${String(pdf.length)}-` });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, `bytes */${String(pdf.length)}`]);
    expect(readers).toEqual([]);
  });
  it('If-Range with another hash gets the whole; If-None-Match with this hash gets 304', async () => {
    expect((await get(id, { Range: 'bytes=0-1', 'If-Range': '"other"' })).status).toBe(200);
    expect((await get(id, { Range: 'bytes=0-1', 'If-Range': `"${sha256(pdf)}"` })).status).toBe(206);
    expect((await get(id, { 'If-None-Match': `"other", "${sha256(pdf)}"` })).status).toBe(304);
  });
  it('HEAD tells all and gives nothing, so is no reading', async () => {
    const answer = await get(id, {}, 'HEAD');
    expect([answer.status, answer.headers.get('content-length'), (await bytesOf(answer)).length]).toEqual([200, String(pdf.length), 0]);
    expect(readers).toEqual([]);
  });

  it('SPEC §1.2: each reading is recorded; where that fails, no content', async () => {
    await bytesOf(await get(id));
    await bytesOf(await get(id, { Range: 'bytes=0-1' }));
    expect(readers).toEqual(['li', 'li']);
    recorderDown = true;
    const answer = await get(id);
    expect(answer.headers.get('etag')).toBeNull();
    expect(await answer.json()).toMatchObject({ status: 503, code: 'read-not-recorded' });
  });

  it('SPEC §1.2: out of scope, missing and malformed ids answer alike', async () => {
    const answers = [await get(id, {}, 'GET', 'wang'), await get('00000000-0000-4000-8000-000000000000'), await get('..%2f..%2fetc%2fpasswd')];
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404]);
    expect(new Set(bodies).size).toBe(1);
    expect(readers).toEqual([]);
  });

  it.each([
    ['fixture.jpg', 'inline'], ['exif.png', 'inline'], ['fixture.mp3', 'inline'],
    ['fixture.dcm', 'attachment'], ['multipage.tiff', 'attachment'],
    ['malformed/javascript-openaction.pdf', 'attachment'], ['malformed/empty_protected.pdf', 'attachment'],
  ])('only what is inert opens in the browser: %s is %s', async (name, disposition) => {
    const answer = await get(await uploaded(name), {}, 'HEAD');
    expect(answer.headers.get('content-disposition')).toMatch(new RegExp(`^${disposition};`));
  });

  it('a reader that goes away in the middle harms nobody', async () => {
    await new Promise<void>((resolve) => {
      const reading = request(`${server.url}/v1/documents/${id}`, { headers: headersOf('li') }, (answer) => { answer.destroy(); resolve(); });
      reading.on('error', () => { resolve(); });
      reading.end();
    });
    expect((await get(id)).status).toBe(200);
  });

  it('a content missing from the store is an error, not an empty file', async () => {
    const lost = await uploaded('exif_gps.jpg');
    rmSync(join(folder, 'objects/documents', lost));
    const quiet = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    expect((await get(lost)).status).toBe(500);
    quiet.mockRestore();
  });

  it('other methods are 405', async () => {
    const answer = await get(id, {}, 'DELETE');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

it('a quote or line break in a name cannot break out of its header', () => {
  expect(contentDisposition('attachment', 'a".pdf')).toBe(`attachment; filename="a_.pdf"; filename*=UTF-8''a%22.pdf`);
  expect(contentDisposition('attachment', 'a\r\nSet-Cookie: x')).not.toMatch(/[\r\n]/);
});

it('RFC 9110 §14: an empty content has no satisfiable range', () => {
  expect(wantedRange('bytes=0-0', 0)).toEqual({ kind: 'not-satisfiable' });
  expect(wantedRange('bytes=-0', 10)).toEqual({ kind: 'not-satisfiable' });
  expect(wantedRange(undefined, 0)).toEqual({ kind: 'whole' });
});
