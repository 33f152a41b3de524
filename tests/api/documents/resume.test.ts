import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Upload } from 'tus-js-client';
import type { StoredUpload } from '../../../src/api/documents/upload-router';
import { createFolderStore } from '../../../src/platform/documents/folder-store';
import { keysIn } from '../../support/keys';
import { metadataFor, sha256 } from './client';

const SAMPLES = join(__dirname, '../../../dev/samples/files');
const MiB = 1024 ** 2;

/** A real recording of 24 MiB: the sample with a box of free space behind it, filled with numbers so that a misplaced piece shows. */
function recording(): Buffer {
  const padding = Buffer.alloc(24 * MiB);
  for (let at = 8; at < padding.length - 4; at += 4) padding.writeUInt32LE(at, at);
  padding.writeUInt32BE(padding.length, 0);
  padding.write('free', 4, 'latin1');
  return Buffer.concat([readFileSync(join(SAMPLES, 'fixture-imovie.mp4')), padding]);
}

/** The upload server as its own process, to be killed as a machine is. */
class Killable {
  url = '';
  private process: ChildProcess | undefined;
  constructor(private readonly folder: string) {}

  async start(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'upload-server.ts'), this.folder, port], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process = child;
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    this.url = line;
  }

  async kill(): Promise<void> {
    const child = this.process;
    if (!child || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

/** Sends as the console and the phones will; resolves to the document's id. */
function send(url: string, bytes: Buffer, declared: Parameters<typeof metadataFor>[1], onProgress: (sent: number) => void): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const client = new Upload(bytes, {
      endpoint: `${url}/v1/uploads`,
      headers: { Authorization: 'Bearer li' },
      metadata: metadataFor(bytes, declared),
      chunkSize: 2 * MiB,
      retryDelays: [100, 300, 500, 1_000, 1_000, 2_000, 2_000, 4_000, 4_000],
      onProgress,
      onError: reject,
      onSuccess: ({ lastResponse }) => { resolve(lastResponse.getHeader('Document-Id')); },
    });
    client.start();
  });
}

describe('FAULTS 23: uploads survive kill -9 of the server', () => {
  let folder: string;
  let server: Killable;
  const rows = (): StoredUpload[] => readFileSync(join(folder, 'rows.ndjson'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as StoredUpload);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kuaipei-resume-'));
    server = new Killable(folder);
    await server.start();
  });
  afterEach(async () => {
    await server.kill();
    rmSync(folder, { recursive: true });
  });

  it('killed three times in the middle: identical bytes, one document, nothing called stored before', async () => {
    const bytes = recording();
    const killAt = [3, 9, 17].map((n) => n * MiB + Math.floor(Math.random() * MiB));
    let kills = 0;
    let restarting = Promise.resolve();
    const restart = async (): Promise<void> => {
      await server.kill();
      expect(existsSync(join(folder, 'rows.ndjson'))).toBe(false);
      expect(existsSync(join(folder, 'objects'))).toBe(false);
      await server.start();
    };
    const documentId = await send(server.url, bytes, { kind: 'witness-pack', filename: 'witness.mp4' }, (sent) => {
      const next = killAt[kills];
      if (next !== undefined && sent >= next) { kills += 1; restarting = restarting.then(restart); }
    });
    await restarting;
    expect(kills).toBe(3);
    expect(rows()).toEqual([expect.objectContaining({ uploadId: documentId, sha256: sha256(bytes), bytes: bytes.length, mediaType: 'video/mp4' })]);
    const content = await createFolderStore(folder, keysIn(folder)).objects.openRange(rows()[0]!);
    expect(Buffer.concat(await content.toArray() as Buffer[]).equals(bytes)).toBe(true);
  });

  it('killed after the last byte and before the document stood: asking again finishes it', async () => {
    const bytes = readFileSync(join(SAMPLES, 'fixture.pdf'));
    const created = await fetch(`${server.url}/v1/uploads`, {
      method: 'POST',
      headers: {
        Authorization: 'Bearer li', 'Tus-Resumable': '1.0.0', 'Upload-Length': String(bytes.length),
        'Upload-Metadata': Object.entries(metadataFor(bytes)).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(','),
      },
    });
    const location = new URL(created.headers.get('location') ?? '', server.url).href;
    await server.kill();
    // What a process leaves that dies right here: every byte on disk, nothing ended.
    const { dataStore } = createFolderStore(folder, keysIn(folder)).staging;
    await dataStore.write(Readable.from([bytes]), location.split('/').at(-1) ?? '', 0);
    await server.start();
    const answer = await fetch(location, { method: 'HEAD', headers: { Authorization: 'Bearer li', 'Tus-Resumable': '1.0.0' } });
    expect(answer.status).toBe(200);
    expect(rows()).toEqual([expect.objectContaining({ uploadId: answer.headers.get('document-id'), sha256: sha256(bytes) })]);
  });

  it('real files of each kind pass through a proper tus client', async () => {
    for (const name of ['fixture.jpg', 'exif.png', 'CT_small.dcm', 'hopper_g4.tif', 'apple-voice-memo.m4a', 'fixture.webm', 'signed_verified.pdf']) {
      const bytes = readFileSync(join(SAMPLES, name));
      const documentId = await send(server.url, bytes, { kind: 'other', filename: name }, () => undefined);
      expect(documentId).toBeDefined();
    }
    await expect(send(server.url, readFileSync(join(SAMPLES, 'malformed/truncated_end_chunk.png')), { kind: 'other', filename: 'a.png' }, () => undefined)).rejects.toThrow('cut-short');
    expect(rows()).toHaveLength(7);
  });
});
