import { createClamdScanner } from './clamd';
import type { Scanner } from './scanner';

/** What this module needs of a log. */
interface Notes { info(line: string): void; warn(line: string): void }

/** The scanner of this process: clamd at `host:port`, or none, which it says once, at start. */
export function createScanner(clamdAddress: string | null, log: Notes): Scanner {
  if (clamdAddress === null) {
    log.warn('CLAMD_ADDRESS is not set: uploads are protected by the allowlist and content sniffing only, not scanned for malware');
    return { scan: () => Promise.resolve({ kind: 'not-scanned', why: 'no-scanner' }) };
  }
  log.info(`uploads are scanned for malware by clamd at ${clamdAddress}`);
  const colon = clamdAddress.lastIndexOf(':');
  return createClamdScanner({ host: clamdAddress.slice(0, colon), port: Number(clamdAddress.slice(colon + 1)), silenceMs: 120_000 });
}
