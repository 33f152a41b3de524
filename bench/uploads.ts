/**
 * `npm run bench:uploads`: what hostile uploads cost the API (FAULTS 34: resident memory ≤ 512 MB, ≤ 10 s each). On the running local stack
 * it starts an API process of its own, sends it twenty hostile files at once, and prints what became of each, how long it took, and the most
 * memory that the process ever held (Linux: VmHWM).
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { ApiProblem, signIn } from '../dev/client';
import { freePort } from '../dev/ports';
import { requireStack } from '../dev/stack';
import { pagesOfOneTable } from '../tests/platform/documents/hostile-tiff';
import { aReport } from '../tests/support/journey';

const MB = 1024 ** 2;
const MOST_MB = 512, MOST_SECONDS = 10;
const root = resolve(__dirname, '..');

/** A whole PDF around these objects. */
function pdf(...objects: Buffer[]): Buffer {
  const head = Buffer.from('%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n');
  const body = Buffer.concat([head, ...objects]);
  return Buffer.concat([body, Buffer.from(`\nxref\n0 1\ntrailer\n<</Root 1 0 R>>\nstartxref\n${body.length}\n%%EOF\n`)]);
}
const stream = (type: string, packed: Buffer): Buffer => Buffer.concat([Buffer.from(`9 0 obj\n<</Type/${type}/N 1/First 4/Filter/FlateDecode/Length ${packed.length}>>stream\n`), packed, Buffer.from('\nendstream\nendobj\n')]);
const zeros = (megabytes: number): Buffer => deflateSync(Buffer.alloc(megabytes * MB, ' '));
const times = (part: Buffer, bytes: number): Buffer => Buffer.alloc(Math.floor(bytes / part.length) * part.length, part);

/** An archive of one file that says it holds `megabytes` and does. */
function zip(name: string, megabytes: number): Buffer {
  const packed = deflateRawSync(Buffer.alloc(megabytes * MB)), local = Buffer.alloc(30), central = Buffer.alloc(46), end = Buffer.alloc(22);
  local.writeUInt32LE(0x04034b50, 0); local.writeUInt16LE(8, 8); local.writeUInt32LE(packed.length, 18); local.writeUInt32LE(megabytes * MB, 22); local.writeUInt16LE(name.length, 26);
  central.writeUInt32LE(0x02014b50, 0); central.writeUInt16LE(8, 10); central.writeUInt32LE(packed.length, 20); central.writeUInt32LE(megabytes * MB, 24); central.writeUInt16LE(name.length, 28);
  end.writeUInt32LE(0x06054b50, 0); end.writeUInt16LE(1, 8); end.writeUInt16LE(1, 10); end.writeUInt32LE(46 + name.length, 12); end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end]);
}

/** Twenty files, each hostile in its own way, by the name under which it is sent. */
export function hostile(): Array<[name: string, content: Buffer]> {
  const sample = (name: string): Buffer => readFileSync(join(root, 'dev/samples/files', name));
  // As much as six object streams may unpack to without being refused; each differs, so that none is known already.
  const full = deflateSync(Buffer.alloc(7.5 * MB, ' '));
  const png = Buffer.from(sample('fixture.png')), jpeg = sample('fixture.jpg');
  png.writeUInt32BE(65_500, 16); png.writeUInt32BE(65_500, 20);
  const chunk = Buffer.concat([Buffer.from([0, 0, 0, 0]), Buffer.from('tEXt'), Buffer.alloc(4)]);
  return [
    ...Array.from({ length: 5 }, (_, n): [string, Buffer] => [`full-${n}.pdf`, pdf(...Array.from({ length: 6 }, () => stream('ObjStm', full)), randomBytes(16))]),
    ['bomb.pdf', pdf(stream('ObjStm', zeros(256)))],
    ['many-bombs.pdf', pdf(...Array.from({ length: 12 }, () => stream('ObjStm', full)))],
    ['ten-thousand-streams.pdf', pdf(times(stream('ObjStm', deflateSync(Buffer.from('5 0 <</Type/Font>>'))), 2 * MB))],
    ['names-without-end.pdf', pdf(Buffer.alloc(45 * MB, '/ObjStm/JS#'))],
    ['brackets.pdf', pdf(Buffer.alloc(45 * MB, '<<[('))],
    ['pages.tif', pagesOfOneTable(1_900, 100_000)],
    ['pixels.png', png],
    ['chunks.png', Buffer.concat([sample('fixture.png').subarray(0, 33), times(chunk, 30 * MB), png.subarray(33)])],
    ['segments.jpg', Buffer.concat([jpeg.subarray(0, 2), times(Buffer.from([0xff, 0xe1, 0, 2]), 30 * MB), jpeg.subarray(2)])],
    ['boxes.mp4', Buffer.concat([sample('fixture-imovie.mp4').subarray(0, 32), times(Buffer.from([0, 0, 0, 8, 0x66, 0x72, 0x65, 0x65]), 20 * MB)])],
    ['elements.dcm', Buffer.concat([sample('CT_small.dcm').subarray(0, 1_000), times(Buffer.from([9, 0, 0, 0, 0x55, 0x4e, 0, 0, 0, 0, 0, 0]), 20 * MB)])],
    ['letter.docx', zip('word/document.xml', 512)],
    ['zipped.pdf', gzipSync(Buffer.alloc(512 * MB))],
    ['page.pdf', Buffer.concat([Buffer.from('<!doctype html><script>alert(1)</script>'), pdf()])],
    ['noise.jpg', randomBytes(20 * MB)],
  ];
}

/** Seconds of processor that the process has used, in hundredths as Linux counts them. */
const processor = (pid: number): number => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
const peak = (pid: number): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function main(): Promise<void> {
  const stack = requireStack();
  const port = await freePort(), apiUrl = `http://127.0.0.1:${port}`;
  const built = join(root, 'build/src/api/main.js');
  // What `npm run build` made, if it did: the loader of the sources alone holds a hundred megabytes.
  const args = existsSync(built) ? [built] : ['--import', 'tsx', join(root, 'src/api/main.ts')];
  const api = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...stack.environment, API_PORT: String(port), LOG_LEVEL: 'error' }, stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    while (!await fetch(`${apiUrl}/healthz`).then(({ ok }) => ok, () => false)) await setTimeout(200);
    const specialist = await signIn({ apiUrl, issuer: stack.issuer }, 'specialist-a-h001');
    const { claimNo } = await specialist.post<{ claimNo: string }>('/v1/claims', aReport(Date.now()));
    const files = hostile();
    await specialist.get('/v1/claims?limit=1');
    const idle = peak(api.pid!), used = processor(api.pid!);
    console.log(`${files.length} files, ${(files.reduce((sum, [, { length }]) => sum + length, 0) / MB).toFixed(0)} MB, at once\n\n| file | MB | outcome | s |\n| --- | --- | --- | --- |`);
    let slowest = 0, unexpected = 0;
    await Promise.all(files.map(async ([name, content]) => {
      const began = performance.now();
      const outcome = await specialist.upload(claimNo, 'other', name, content).then(() => 'taken', (error: unknown) => {
        const answer = error as { originalResponse?: { getStatus(): number; getBody(): string } };
        if (error instanceof ApiProblem) return `${error.status} ${error.problem.code}`;
        const status = answer.originalResponse?.getStatus() ?? 0;
        if (status === 0 || status >= 500) unexpected += 1;
        return `${status} ${/"code":"([^"]+)"/.exec(answer.originalResponse?.getBody() ?? '')?.[1] ?? ''}`;
      });
      const seconds = (performance.now() - began) / 1_000;
      slowest = Math.max(slowest, seconds);
      console.log(`| ${name} | ${(content.length / MB).toFixed(1)} | ${outcome} | ${seconds.toFixed(1)} |`);
    }));
    const most = peak(api.pid!);
    console.log(`\nmemory of the API: ${idle.toFixed(0)} MB before, ${most.toFixed(0)} MB at most (${MOST_MB} allowed); slowest ${slowest.toFixed(1)} s (${MOST_SECONDS} allowed on a machine that does nothing else), ${(processor(api.pid!) - used).toFixed(1)} s of processor for all; ${unexpected} answers 5xx or none`);
    process.exitCode = most <= MOST_MB && unexpected === 0 ? 0 : 1;
  } finally {
    api.kill('SIGTERM');
  }
}

if (require.main === module) main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
