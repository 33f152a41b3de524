/** From received bytes to a document that may be relied on: SPEC §1.3 (media type sniffed from content, sha-256) and the malware scan. */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { ByteSource } from './byte-source';
import { inspect, type Declared, type Inspection } from './inspect';
import { refuse } from './refusals';
import type { Scanner } from './scanner';

/**
 * Takes or refuses a received file: first that it is what the client sent (`sha256`, lower-case hex), then what it holds, then the scan.
 * Throws ScannerUnavailable, and when the store cannot be read; never because of the content.
 */
export async function verify(file: ByteSource, declared: Declared & { sha256: string }, scanner: Scanner): Promise<Inspection> {
  if ((await sha256Of(file)) !== declared.sha256) return refuse('checksum-mismatch');
  const inspection = await oneOfFew(() => inspect(file, declared));
  if (inspection.kind === 'refused') return inspection;
  const scan = await scanner.scan(file.stream());
  if (scan.kind === 'infected') return refuse('malware');
  const tooLarge = scan.kind === 'not-scanned' && scan.why === 'too-large';
  return tooLarge ? { ...inspection, flags: [...inspection.flags, 'not-scanned'] } : inspection;
}

async function sha256Of(file: ByteSource): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(file.stream(), hash);
  return hash.digest('hex');
}

/** Looking into a file keeps a processor busy and some tens of megabytes: so many of this process at a time, whoever sends more. */
const AT_ONCE = 2;
const waiting: Array<() => void> = [];
let busy = 0;

async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (busy >= AT_ONCE) await new Promise<void>((resolve) => { waiting.push(resolve); });
  else busy += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else busy -= 1;
  }
}
