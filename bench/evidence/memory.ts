/**
 * `node --import tsx bench/evidence/memory.ts [MB]`: makes an evidence pack with one recording of that size (300), writes it to a disk, verifies it
 * there, and prints what resident memory each added and how long it took. One JSON line: also what the test of bounded memory reads.
 */
import { createHash, randomFillSync, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { packOf } from '../../src/api/evidence/pack';
import { createFolderStore } from '../../src/platform/documents/folder-store';
import { createKeyFile } from '../../src/platform/keys/key-file';
import { openKeyFile } from '../../src/platform/keys/key-ring';
import { signerOf } from '../../src/platform/keys/sign';
import { nodeTools, sourceOf } from '../../src/verify/main';
import { verifyPack } from '../../src/verify/pack';

const MB = 2 ** 20;

async function main(megabytes: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-memory-'));
  try {
    createKeyFile(join(folder, 'keys.json'));
    const { objects } = createFolderStore(folder, openKeyFile(join(folder, 'keys.json')));
    const hash = createHash('sha256');
    const bytes = megabytes * MB;
    const objectKey = await objects.put('documents/recording', Readable.from(randomParts(megabytes, hash)), bytes);
    const sha256 = hash.digest('hex');
    const watch = watchMemory();
    const begun = Date.now();
    const gathered = {
      head: '', texts: [{ name: 'anchors.json', content: '{"anchors":[],"keys":[]}' }, { name: 'events.ndjson', content: '' }],
      documents: [{ path: 'documents/1-witness-pack-00000000.mp4', uploadedBy: null, index: { documentId: 'recording', sha256 }, stored: { storageKey: 'documents/recording', bytes, objectKey } }],
    };
    const pack = await packOf(gathered, { claimNo: 'KP-2026-000001', version: 0, seenAs: 'auditor', readsUntil: '2026-11-22T00:00:00.000Z' }, objects, signerOf({ id: 'first', key: Buffer.alloc(32, 1) }));
    await pipeline(pack.stream(), createWriteStream(join(folder, 'pack.zip')));
    const made = { addedMB: watch.added(), seconds: (Date.now() - begun) / 1000 };
    const again = Date.now();
    const file = await open(join(folder, 'pack.zip'));
    const report = await verifyPack(await sourceOf(file), nodeTools, null);
    await file.close();
    watch.stop();
    const contents = report.faults.filter((fault) => fault.kind !== 'chain'); // a claim without events is none
    process.stdout.write(`${JSON.stringify({ megabytes, made, verified: { addedMB: watch.added(), seconds: (Date.now() - again) / 1000 }, peakRssMB: watch.peak(), genuine: contents.length === 0 })}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* randomParts(megabytes: number, hash: Hash): Generator<Buffer> {
  for (let n = 0; n < megabytes; n += 1) {
    const part = randomFillSync(Buffer.alloc(MB));
    hash.update(part);
    yield part;
  }
}

function watchMemory() {
  const rss = (): number => Math.round(process.memoryUsage.rss() / MB);
  const before = rss();
  let peak = before;
  const timer = setInterval(() => { peak = Math.max(peak, rss()); }, 20);
  return { added: () => Math.max(peak, rss()) - before, peak: () => Math.max(peak, rss()), stop: () => { clearInterval(timer); } };
}

void main(Number(process.argv[2] ?? 300));
