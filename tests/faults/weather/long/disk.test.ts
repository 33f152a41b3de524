/** Disks of their own size that fill: needs root, who alone may mount one. */
import { execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { paper } from '../../../../dev/paper';
import { createDocumentStore } from '../../../../src/platform/documents/create-store';
import { checkContents } from '../../../../src/platform/documents/check';
import { openKeyFile } from '../../../../src/platform/keys/key-ring';
import { checkEverything } from '../../../support/invariants';
import { aReport, newClaim, travel, type Travelling } from '../../../support/journey';
import { eventually } from '../../../support/parties';
import { startStack, type TestStack } from '../../../support/stack';
import { tally, work } from '../place';
import { pause } from '../seed';

const run = promisify(execFile);
const MIB = 1024 ** 2;
const NORMAL_AGAIN_MS = 120_000;

let folder: string;
let stack: TestStack;
const disk = (name: 'postgres' | 'documents'): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuaipei-disks-'));
  await chmod(folder, 0o711);
  for (const [name, size] of [['postgres', '256m'], ['documents', '400m']] as const) {
    await mkdir(disk(name));
    await run('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0711`, 'tmpfs', disk(name)]);
  }
  stack = await startStack({ folders: { postgres: join(disk('postgres'), 'data'), documents: join(disk('documents'), 'store') } });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  for (const name of ['postgres', 'documents'] as const) await run('umount', ['-l', disk(name)]).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** Takes all room of a disk but so much; the returned function gives it back. */
async function fill(name: 'postgres' | 'documents', leaveBytes = 0): Promise<() => Promise<void>> {
  const path = join(disk(name), `ballast-${randomUUID()}`);
  const file = await open(path, 'w');
  const { bavail, bsize } = await statfs(disk(name));
  const piece = Buffer.alloc(64 * 1024);
  try {
    for (let left = bavail * bsize - leaveBytes; left > 0; left -= piece.length) await file.write(piece, 0, Math.min(piece.length, left));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
  return () => rm(path);
}

const IN_WORDS = { status: 507, code: 'no-room' };
const said = async (answer: Response): Promise<unknown> => { const { code, text } = await answer.json() as { code: string; text: { zh: string; en: string } }; return { status: answer.status, code, words: text.zh.length > 5 && text.en.length > 10 }; };

/** Begins an upload by hand, as a phone with a slow line does. */
async function begin(claimNo: string, content: Buffer): Promise<Response> {
  const metadata = { claimNo, kind: 'event-report', filename: 'report.pdf', sha256: createHash('sha256').update(content).digest('hex') };
  const encoded = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(',');
  return (await stack.person('specialist-a-h001')).fetch('/v1/uploads', { method: 'POST', headers: { 'tus-resumable': '1.0.0', 'upload-length': String(content.length), 'upload-metadata': encoded } });
}
const send = async (path: string, offset: number, part: Buffer): Promise<Response> =>
  (await stack.person('specialist-a-h001')).fetch(path, { method: 'PATCH', body: new Uint8Array(part), headers: { 'tus-resumable': '1.0.0', 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' } });
/** The API closes a connection on which it has answered before all was sent: a request that meets that goes again. */
const offsetOf = (path: string): Promise<number> => eventually(async () => {
  const answer = await (await stack.person('specialist-a-h001')).fetch(path, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } }).catch(() => undefined);
  return answer && Number(answer.headers.get('upload-offset'));
});

/** All that is not there yet. An answer that came before everything was sent may be lost with the connection: then asked again, as tus's clients do. */
async function sendRest(path: string, content: Buffer, tries = 3): Promise<Response> {
  try {
    const offset = await offsetOf(path);
    return await send(path, offset, content.subarray(offset));
  } catch (error) {
    if (tries === 0) throw error;
    return sendRest(path, content, tries - 1);
  }
}

/** Every document that is said to be stored is whole. */
async function nothingHalf(): Promise<number> {
  const { objects } = createDocumentStore({ kind: 'folder', folder: join(disk('documents'), 'store') }, openKeyFile(stack.environment['KEY_FILE']!));
  const wrong: unknown[] = [];
  const genuine = await checkContents(stack.database, objects, (one) => wrong.push(one));
  expect(wrong).toEqual([]);
  return genuine;
}

test('FAULTS 14: no room for documents: 507 in words, at the beginning and in the middle of an upload; reads go on, no half file counts as stored, and the upload goes on where it was', async () => {
  const claim: Travelling = await travel(stack, newClaim(), 'accept-file');
  const specialist = await stack.person('specialist-a-h001');
  const documents = claim.documents as Array<{ documentId: string }>;
  const content = Buffer.concat([paper('long', ['one']), Buffer.alloc(6 * MIB, '\n% more'), Buffer.from('\n%%EOF\n')]);
  const location = (await begin(claim.claimNo, content)).headers.get('location')!;
  const path = new URL(location, stack.apiUrl).pathname;
  expect((await send(path, 0, content.subarray(0, 2 * MIB))).status).toBe(204);

  const free = await fill('documents');
  expect(await said(await begin(claim.claimNo, content))).toEqual({ ...IN_WORDS, words: true });
  expect(await said(await sendRest(path, content))).toEqual({ ...IN_WORDS, words: true });
  // The rest fits, its place in the store does not: then it is not stored either.
  await free();
  const offset = await offsetOf(path);
  const again = await fill('documents', content.length - offset + MIB);
  expect(await said(await sendRest(path, content))).toEqual({ ...IN_WORDS, words: true });
  for (const { documentId } of documents) expect((await specialist.fetch(`/v1/documents/${documentId}`)).status).toBe(200);
  expect((await specialist.fetch('/v1/claims')).status).toBe(200);
  await nothingHalf();

  await again();
  const from = Date.now();
  const whole = await eventually(async () => {
    const answer = await sendRest(path, content);
    return answer.status === 200 ? (await answer.json() as { documentId: string }) : undefined;
  }, NORMAL_AGAIN_MS);
  const stored = Buffer.from(await (await specialist.fetch(`/v1/documents/${whole.documentId}`)).arrayBuffer());
  expect(stored.equals(content)).toBe(true);
  console.log(`documents: whole ${Date.now() - from} ms after there was room; ${await nothingHalf()} documents are what was sent`);
}, 240_000);

/** Under load: nothing but success or 503/507 with Retry-After and words; afterwards all is normal within two minutes. */
async function underLoad(trouble: () => Promise<() => Promise<void>>): Promise<Record<string, number>> {
  const from = stack.acts.acts.length;
  let over = false;
  const working = work(stack, () => over);
  await pause(2_000);
  const mend = await trouble();
  await mend();
  const mended = Date.now();
  const specialist = await stack.person('specialist-a-h001');
  await eventually(async () => (await specialist.sendReport(aReport(newClaim().n))).status === 201 || undefined, NORMAL_AGAIN_MS);
  console.log(`normal again ${Date.now() - mended} ms after it was mended`);
  over = true;
  await working;
  const acts = stack.acts.acts.slice(from);
  for (const { status, retryAfter, body } of acts.flatMap((act) => act.answers)) {
    if (status === 503 || status === 507) expect([Number(retryAfter) > 0, typeof (body as { text: { zh: string } }).text.zh]).toEqual([true, 'string']);
  }
  console.log(JSON.stringify([tally(acts), await checkEverything(stack)]));
  return tally(acts);
}

test('FAULTS 14: no room for PostgreSQL: 503 or 507 in words, reads go on as long as it stands, all normal within two minutes after there is room', async () => {
  const reads: number[] = [];
  const answers = await underLoad(async () => {
    const free = await fill('postgres');
    const specialist = await stack.person('specialist-a-h001');
    for (let n = 0; n < 20; n++) { reads.push((await specialist.fetch('/v1/claims')).status); await pause(1_000); }
    return async () => {
      await free();
      // Without room for its log it ends itself, and whoever runs it starts it again.
      if ((await stack.processes('postgres')).length === 0) { await stack.stop('postgres'); await stack.start('postgres'); }
    };
  });
  console.log(`reads while it was full: ${reads.join(' ')}`);
  expect(reads.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(Object.keys(answers).filter((name) => !/^(200|201|202|50[37] .*)$/.test(name))).toEqual([]);
  expect(Object.keys(answers).some((name) => /^50[37]/.test(name))).toBe(true);
}, 400_000);

test('FAULTS 15: an error when PostgreSQL forces its log to disk: no answer after it, and everything that was answered stands after recovery', async () => {
  const answers = await underLoad(async () => {
    const tracers = (await stack.processes('postgres')).slice(1).map((pid) => spawn('strace', ['-qq', '-o', '/dev/null', '-p', String(pid), '-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO'], { stdio: 'ignore' }));
    await pause(10_000);
    return async () => {
      for (const tracer of tracers) tracer.kill('SIGINT');
      if ((await stack.processes('postgres')).length === 0) { await stack.stop('postgres'); await stack.start('postgres'); }
    };
  });
  const logs = (await stack.logs()).filter(({ file }) => file.startsWith('postgres')).map(({ text }) => text).join('');
  expect(logs).toMatch(/PANIC:.*(fdatasync|fsync|write)/);
  expect(Object.keys(answers).filter((name) => !/^(200|201|202|50[37] .*)$/.test(name))).toEqual([]);
}, 400_000);
