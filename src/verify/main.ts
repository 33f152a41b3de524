#!/usr/bin/env node
/**
 * `npx kuaipei-verify pack.zip [--keys evidence-keys.json]`: verifies an evidence pack without a network and without any package.
 * Ends with 0: genuine; 1: changed, each change named; 2: no evidence pack, or it cannot be read. `--keys`: the public keys as
 * `GET /v1/evidence-keys` answered them; without it the fingerprint has to be compared by hand. In Chinese where LANG says so.
 */
import { createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { verifyPack, type Tools, type Trusted } from './pack';
import { readKeys } from './keys';
import { sentences } from './report';
import type { Source } from './zip';

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Node's own hashes and signatures. */
export const nodeTools: Tools = {
  hash() {
    const hash = createHash('sha256');
    return { update: (bytes) => hash.update(bytes), hex: () => hash.digest('hex') };
  },
  hmac: (key, bytes) => createHmac('sha256', key).update(bytes).digest('hex'),
  ed25519: async (publicKey, message, signature) => verify(null, message, createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' }), signature),
};

/** An open file to read from. */
export async function sourceOf(file: FileHandle): Promise<Source> {
  const { size } = await file.stat();
  return {
    size,
    async read(from, bytes) {
      const wanted = Math.max(0, Math.min(bytes, size - from));
      const into = Buffer.alloc(wanted);
      const { bytesRead } = wanted === 0 ? { bytesRead: 0 } : await file.read(into, 0, wanted, from);
      return into.subarray(0, bytesRead);
    },
  };
}

async function main(): Promise<number> {
  const given = process.argv.slice(2);
  const keysAt = given.indexOf('--keys');
  const [keysFile] = keysAt < 0 ? [] : given.splice(keysAt, 2).slice(1);
  const [pack, ...more] = given;
  if (pack === undefined || more.length > 0 || (keysAt >= 0 && keysFile === undefined)) throw new Error('kuaipei-verify <pack.zip> [--keys <evidence-keys.json>]');
  const trusted: Trusted = keysFile === undefined ? null : readKeys(await readFile(keysFile, 'utf8'));
  const language = /^zh/i.test(process.env['LC_ALL'] || process.env['LANG'] || '') ? 'zh' : 'en';
  const file = await open(pack);
  try {
    const report = await verifyPack(await sourceOf(file), nodeTools, trusted);
    process.stdout.write(`${sentences(report).map((one) => one[language]).join('\n')}\n`);
    return report.isPack ? (report.faults.length === 0 ? 0 : 1) : report.faults.length > 0 ? 1 : 2;
  } finally {
    await file.close();
  }
}

if (require.main === module) {
  main().then((code) => { process.exitCode = code; }, (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : 'unknown error'}\n`);
    process.exitCode = 2;
  });
}
