/** A storage that cannot be reached, or does not want to now: everybody who asks it is told so, and nothing is taken to be gone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Upload } from '@tus/server';
import { isStoreAway } from '../../../src/platform/documents/away';
import { createS3Store } from '../../../src/platform/documents/s3-store';
import type { DocumentStore } from '../../../src/platform/documents/store';
import { freshKeys } from '../../support/keys';

let folder: string;
const servers: Server[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuaipei-store-away-'));
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'of-the-tests', AWS_SECRET_ACCESS_KEY: 'of-the-tests' });
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

async function storeAt(answer: RequestListener): Promise<DocumentStore> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
const at = (endpoint: string): DocumentStore => createS3Store({ kind: 's3', endpoint, bucket: 'b', region: 'us-east-1' }, freshKeys(mkdtempSync(join(folder, 'keys-'))).keys);
const says = (status: number): Promise<DocumentStore> => storeAt((_req, res) => { res.writeHead(status).end(); });

const CONTENT = { storageKey: 'documents/a', bytes: 3, objectKey: null };
/** Every way in which the store is asked. */
const ASKED: Array<[string, (store: DocumentStore) => Promise<unknown>]> = [
  ['stat', ({ objects }) => objects.stat(CONTENT)], ['openRange', ({ objects }) => objects.openRange(CONTENT)], ['put', ({ objects }) => objects.put('documents/b', Buffer.from('abc'), 3)], ['remove', ({ objects }) => objects.remove('documents/a')],
  ['create', ({ staging }) => staging.dataStore.create(new Upload({ id: 'u', size: 3, offset: 0, metadata: {} }))], ['getUpload', ({ staging }) => staging.dataStore.getUpload('u')],
  ['end', ({ staging }) => staging.end('u')], ['finish', ({ staging }) => staging.finish('u', { uploadedBy: 'li', bytes: 3, outcome: { kind: 'stored', documentId: 'u', mediaType: 'a/b', sha256: '', flags: [] } })], ['sweep', ({ staging }) => staging.sweep()],
];
const WAYS: Array<[string, () => Promise<DocumentStore>]> = [
  ['nobody listens', () => Promise.resolve(at('http://127.0.0.1:9'))], ['its name is not known', () => Promise.resolve(at('http://nowhere.invalid'))],
  ['it hangs up', () => storeAt((req) => { req.socket.destroy(); })], ['it says 500', () => says(500)], ['it says 503', () => says(503)],
];
const thrownBy = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'nothing', (error: unknown) => error);

test.each(WAYS)('FAULTS 9: %s: each question to the storage fails as one that may be asked later, and no upload is taken to be gone', async (_, open) => {
  const store = await open();
  const thrown = await Promise.all(ASKED.map(async ([name, ask]) => [name, isStoreAway(await thrownBy(ask(store)))]));
  expect(thrown).toEqual(ASKED.map(([name]) => [name, true]));
}, 60_000);

test('FAULTS 9: a storage that refuses us or has no such upload is not away', async () => {
  const refusing = await says(403);
  const empty = await says(404);
  expect(isStoreAway(await thrownBy(refusing.objects.stat(CONTENT)))).toBe(false);
  expect(await thrownBy(empty.staging.dataStore.getUpload('u'))).toMatchObject({ status_code: 404 });
}, 60_000);
