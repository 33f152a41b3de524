import { createServer, type AddressInfo, type Server } from 'node:net';
import { Readable } from 'node:stream';
import { createClamdScanner } from '../../../src/platform/documents/clamd';
import { createScanner } from '../../../src/platform/documents/create-scanner';
import { ScannerUnavailable, type Scanner } from '../../../src/platform/documents/scanner';

/** The agreed harmless test file, put together here so that no scanner stumbles over this source. */
const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join('');
const LIMIT = 1024 * 1024;

/** A clamd that knows one signature and takes 1 MiB: reads `zINSTREAM`, then chunks until one of length 0. */
function startClamd(onContent: (content: Buffer) => string | null): Promise<Server> {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      if (!received.subarray(0, 10).equals(Buffer.from('zINSTREAM\0').subarray(0, received.length))) { socket.end('UNKNOWN COMMAND\0'); return; }
      const content: Buffer[] = [];
      let at = 10;
      while (received.length >= at + 4) {
        const length = received.readUInt32BE(at);
        if (length === 0) {
          const answer = onContent(Buffer.concat(content));
          if (answer !== null) socket.end(answer);
          return;
        }
        if (received.length < at + 4 + length) break;
        content.push(received.subarray(at + 4, at + 4 + length));
        at += 4 + length;
      }
      if (received.length > LIMIT) { socket.write('INSTREAM size limit exceeded. ERROR\0'); socket.destroySoon(); }
    });
  });
  return new Promise((resolve) => { server.listen(0, '127.0.0.1', () => { resolve(server); }); });
}

describe('Scanner: clamd by INSTREAM', () => {
  const seen: Buffer[] = [];
  let answer: string | null | undefined;
  let server: Server;
  let scanner: Scanner;

  beforeAll(async () => {
    server = await startClamd((content) => {
      seen.push(content);
      if (answer !== undefined) return answer;
      return content.includes('EICAR-STANDARD') ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0';
    });
    scanner = createClamdScanner({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, silenceMs: 300 });
  });
  beforeEach(() => { answer = undefined; seen.length = 0; });
  afterAll(() => new Promise((resolve) => { server.close(resolve); }));

  it('a clean content arrives whole and is clean', async () => {
    const content = Buffer.alloc(700_000, 'scan');
    expect(await scanner.scan(Readable.from([content.subarray(0, 5), content.subarray(5, 600_000), content.subarray(600_000)]))).toEqual({ kind: 'clean' });
    expect(seen[0]?.equals(content)).toBe(true);
  });
  it('EICAR is found', async () => {
    expect(await scanner.scan(Readable.from([Buffer.from(EICAR)]))).toEqual({ kind: 'infected', signature: 'Eicar-Test-Signature' });
  });
  it('a content over the limit of clamd is not scanned, and said so', async () => {
    const endless = Readable.from((function* () { for (let n = 0; n < 2_000; n += 1) yield Buffer.alloc(64 * 1024); })());
    expect(await scanner.scan(endless)).toEqual({ kind: 'not-scanned', why: 'too-large' });
  });
  it.each([['nonsense', 'hello\0'], ['nothing, hanging up', ''], ['nothing at all', null]])('a clamd that answers %s is unavailable: no file passes', async (_what, given) => {
    answer = given;
    await expect(scanner.scan(Readable.from([Buffer.from('x')]))).rejects.toThrow(ScannerUnavailable);
  });
  it('a clamd that is not there is unavailable', async () => {
    const away = createClamdScanner({ host: '127.0.0.1', port: 1, silenceMs: 300 });
    await expect(away.scan(Readable.from([Buffer.from('x')]))).rejects.toThrow(ScannerUnavailable);
  });
  it('a content that cannot be read is no clean content', async () => {
    const broken = Readable.from((function* () { yield Buffer.from('x'); throw new Error('disk'); })());
    await expect(scanner.scan(broken)).rejects.toThrow(ScannerUnavailable);
  });
});

it('without CLAMD_ADDRESS it says at start that nothing is scanned', async () => {
  const lines: string[] = [];
  const scanner = createScanner(null, { info: () => undefined, warn: (line) => { lines.push(line); } });
  expect(lines).toEqual([expect.stringContaining('not scanned for malware')]);
  expect(await scanner.scan(Readable.from([Buffer.from(EICAR)]))).toEqual({ kind: 'not-scanned', why: 'no-scanner' });
});
