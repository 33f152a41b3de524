import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { ScannerUnavailable, type Scanner, type ScanResult } from './scanner';

export interface ClamdOptions {
  host: string;
  port: number;
  /** After this many milliseconds without a byte either way clamd counts as away; matching a large file takes it a minute. */
  silenceMs: number;
}

/** Longest answer read: `stream: <signature> FOUND`. */
const LONGEST_ANSWER = 4_096;

/** clamd by its INSTREAM command: the content in length-prefixed chunks over TCP, one line back. */
export function createClamdScanner(options: ClamdOptions): Scanner {
  return {
    async scan(content) {
      const socket = connect({ host: options.host, port: options.port });
      socket.setTimeout(options.silenceMs, () => socket.destroy(new Error('silent for too long')));
      const answer = answerOf(socket);
      try {
        await once(socket, 'connect');
        socket.write('zINSTREAM\0');
        // clamd may answer and hang up in the middle of a content over its limit: the answer counts, not the broken pipe.
        await Promise.race([send(content, socket), answer]);
        return parse(await answer);
      } catch (error) {
        if (error instanceof ScannerUnavailable) throw error;
        throw new ScannerUnavailable('the malware scanner (CLAMD_ADDRESS) cannot be reached or broke off; the upload waits for it', { cause: error });
      } finally {
        content.destroy();
        socket.destroy();
      }
    },
  };
}

async function send(content: Readable, socket: Socket): Promise<void> {
  for await (const chunk of content as AsyncIterable<Buffer>) {
    if (socket.writableEnded || socket.destroyed) return;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(chunk.length);
    socket.write(length);
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }
  socket.write(Buffer.alloc(4));
}

/** Everything clamd says until it ends its line or hangs up. */
function answerOf(socket: Socket): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      if (text.includes('\0') || text.length > LONGEST_ANSWER) resolve(text);
    });
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
    socket.on('close', () => (text === '' ? reject(new Error('clamd hung up without an answer')) : resolve(text)));
  });
  // Awaited after sending; a failure before that must not count as unhandled.
  answer.catch(() => undefined);
  return answer;
}

function parse(answer: string): ScanResult {
  const line = answer.replace(/\0[^]*$/, '').trim();
  if (line === 'stream: OK') return { kind: 'clean' };
  const found = /^stream: (.+) FOUND$/.exec(line);
  if (found) return { kind: 'infected', signature: found[1] ?? '' };
  if (line.startsWith('INSTREAM size limit exceeded')) return { kind: 'not-scanned', why: 'too-large' };
  throw new ScannerUnavailable(`the malware scanner (CLAMD_ADDRESS) answered something else than clamd does: ${line.slice(0, 80)}`);
}
