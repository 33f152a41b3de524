/**
 * `node --import tsx bench/objects.ts [ROUNDS] [MB]`: what sealed contents cost who reads. A file of 50 MB lies sealed and in clear in one
 * folder store; it and ranges of it are read in turns, from the store and through the content router over HTTP. Prints medians and 95th
 * percentiles in milliseconds, the ratio of each, and the memory that reading the sealed one added.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { randomFillSync } from 'node:crypto';
import express from 'express';
import { createContentRouter } from '../src/api/documents/content-router';
import { createFolderStore } from '../src/platform/documents/folder-store';
import type { StoredContent } from '../src/platform/documents/store';
import { createKeyFile } from '../src/platform/keys/key-file';
import { openKeyFile } from '../src/platform/keys/key-ring';

const MB = 2 ** 20;
const WARM_UP = 3;
type Side = 'sealed' | 'clear';
const IDS: Record<Side, string> = { sealed: '00000000-0000-4000-8000-000000000001', clear: '00000000-0000-4000-8000-000000000002' };

async function main(rounds: number, megabytes: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-bench-objects-'));
  createKeyFile(join(folder, 'keys.json'));
  const { objects } = createFolderStore(folder, openKeyFile(join(folder, 'keys.json')));
  const bytes = megabytes * MB;
  const clear: StoredContent = { storageKey: 'documents/clear', bytes, objectKey: null };
  await mkdir(join(folder, 'objects', 'documents'), { recursive: true });
  const path = join(folder, 'objects', clear.storageKey);
  await pipeline(Readable.from(Array.from({ length: megabytes }, () => randomFillSync(Buffer.alloc(MB)))), createWriteStream(path));
  const sides: Record<Side, StoredContent> = { clear, sealed: { ...clear, storageKey: 'documents/sealed', objectKey: await objects.put('documents/sealed', createReadStream(path), bytes) } };

  const app = express();
  app.use(createContentRouter({
    store: objects, recordRead: () => Promise.resolve(), ticketFor: () => Promise.reject(new Error('none')),
    find: (_req, id) => Promise.resolve({ ...sides[id === IDS.sealed ? 'sealed' : 'clear'], id, fileName: 'a.mp4', mediaType: 'video/mp4', sha256: id, flags: [] }),
  }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/documents/`;
  const get = async (side: Side, range?: string): Promise<void> => {
    const { body } = await fetch(url + IDS[side], range === undefined ? {} : { headers: { Range: range } });
    for await (const chunk of body!) void chunk;
  };
  const fromStore = async (side: Side, range?: { start: number; end: number }): Promise<void> => {
    for await (const chunk of await objects.openRange(sides[side], range)) void chunk;
  };
  const middle = Math.floor(bytes / 2) + 12_345;
  const work: Record<string, (side: Side) => Promise<void>> = {
    [`${megabytes} MB from the store`]: (side) => fromStore(side),
    '1 MB in the middle from the store': (side) => fromStore(side, { start: middle, end: middle + MB - 1 }),
    [`${megabytes} MB over HTTP`]: (side) => get(side),
    '1 MB in the middle over HTTP': (side) => get(side, `bytes=${middle}-${middle + MB - 1}`),
    '64 KB in the middle over HTTP': (side) => get(side, `bytes=${middle}-${middle + 65_535}`),
  };
  for (const [name, run] of Object.entries(work)) {
    const times: Record<Side, number[]> = { sealed: [], clear: [] };
    for (let round = -WARM_UP; round < rounds; round += 1) {
      // In turns, so that what else the machine does falls on both.
      for (const side of round % 2 === 0 ? ['sealed', 'clear'] as const : ['clear', 'sealed'] as const) {
        const began = performance.now();
        await run(side);
        if (round >= 0) times[side].push(performance.now() - began);
      }
    }
    const at = (side: Side, share: number): number => times[side].sort((a, b) => a - b)[Math.floor(share * (times[side].length - 1))] ?? NaN;
    const line = (share: number): string => `${at('sealed', share).toFixed(2)} ms beside ${at('clear', share).toFixed(2)} ms: ${(at('sealed', share) / at('clear', share)).toFixed(2)}×`;
    console.log(`${name} (${rounds} each): median ${line(0.5)}; p95 ${line(0.95)}`);
  }
  console.log(`reading it sealed, ten at a time, added ${await memoryOf(() => Promise.all(Array.from({ length: 10 }, () => fromStore('sealed'))))} MB of resident memory`);
  server.close();
  await rm(folder, { recursive: true });
}

async function memoryOf(work: () => Promise<unknown>): Promise<number> {
  const rss = (): number => process.memoryUsage.rss() / MB;
  const before = rss();
  let peak = before;
  const timer = setInterval(() => { peak = Math.max(peak, rss()); }, 10);
  await work();
  clearInterval(timer);
  return Math.round(Math.max(peak, rss()) - before);
}

main(Number(process.argv[2] ?? 30), Number(process.argv[3] ?? 50)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
