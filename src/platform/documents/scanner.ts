/** The malware scanner as the uploads see it. */
import type { Readable } from 'node:stream';

export type ScanResult =
  | { kind: 'clean' }
  | { kind: 'infected'; signature: string }
  /** `no-scanner`: none is configured. `too-large`: larger than it takes. */
  | { kind: 'not-scanned'; why: 'no-scanner' | 'too-large' };

export interface Scanner {
  /** Looks through a whole content. Throws ScannerUnavailable when no answer can be had: the upload waits, it is not let through. */
  scan(content: Readable): Promise<ScanResult>;
}

export class ScannerUnavailable extends Error {
  override readonly name = 'ScannerUnavailable';
}
