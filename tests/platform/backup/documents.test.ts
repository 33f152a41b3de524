import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyDocuments, putDocuments } from '../../../src/platform/backup/documents';
import type { StoreConfig } from '../../../src/platform/config';

/** The little of S3 that a backup uses: pages of two keys, contents, and no key written twice. */
let server: Server;
let bucket: Map<string, Buffer>;
let store: StoreConfig;
let folder: string;
const before = { ...process.env };
beforeAll(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  server = createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://s3');
    const key = decodeURIComponent(pathname.slice('/documents/'.length));
    const end = (status: number, body: string | Buffer = ''): void => { res.writeHead(status).end(body); };
    if (searchParams.get('list-type') === '2') {
      const keys = [...bucket.keys()].sort();
      const from = Number(searchParams.get('continuation-token') ?? 0);
      const more = from + 2 < keys.length;
      return end(200, `<ListBucketResult>${keys.slice(from, from + 2).map((one) => `<Contents><Key>${one}</Key></Contents>`).join('')}<IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : ''}</ListBucketResult>`);
    }
    if (req.method === 'GET') return end(bucket.has(key) ? 200 : 404, bucket.get(key));
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
      if (req.headers['if-none-match'] === '*' && bucket.has(key)) return end(412, '<Error><Code>PreconditionFailed</Code></Error>');
      bucket.set(key, Buffer.concat(parts));
      end(200);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  store = { kind: 's3', endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bucket: 'documents', region: 'us-east-1' };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  process.env = before;
});
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'kuaipei-documents-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

const content = (n: number): Buffer => Buffer.alloc(300_000, n);

test('issue 5, backup of objects: every document of a bucket and none of the uploads on their way, and back into an empty one, never over a document', async () => {
  bucket = new Map([['claims/a/1', content(1)], ['claims/a/2', content(2)], ['claims/b/3', content(3)], ['upload-on-its-way', content(4)], ['upload-on-its-way.info', content(5)]]);
  await copyDocuments(store, join(folder, 'set'));
  expect(readdirSync(join(folder, 'set'), { recursive: true, encoding: 'utf8' }).filter((one) => /\d$/.test(one)).sort()).toEqual(['claims/a/1', 'claims/a/2', 'claims/b/3']);

  const was = bucket;
  bucket = new Map();
  await putDocuments(join(folder, 'set'), store);
  expect([...bucket.keys()].sort()).toEqual(['claims/a/1', 'claims/a/2', 'claims/b/3']);
  for (const [key, bytes] of bucket) expect(bytes.equals(was.get(key)!)).toBe(true);
  await expect(putDocuments(join(folder, 'set'), store)).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

test('issue 5, backup of objects: a folder without what is half written; one without documents is an empty one', async () => {
  mkdirSync(join(folder, 'store/objects/claims'), { recursive: true });
  writeFileSync(join(folder, 'store/objects/claims/1'), content(1));
  writeFileSync(join(folder, 'store/objects/.half'), 'half');
  await copyDocuments({ kind: 'folder', folder: join(folder, 'store') }, join(folder, 'set'));
  expect(readdirSync(join(folder, 'set'), { recursive: true, encoding: 'utf8' }).sort()).toEqual(['claims', 'claims/1']);
  expect(readFileSync(join(folder, 'set/claims/1')).equals(content(1))).toBe(true);
  await copyDocuments({ kind: 'folder', folder: join(folder, 'nothing') }, join(folder, 'empty'));
  expect(readdirSync(join(folder, 'empty'))).toEqual([]);
});
