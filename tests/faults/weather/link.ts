/** A TCP link between two parts whose weather a test makes: everything passes through it, or less. */
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import type { Dice } from '../../domain/claim/walk';
import { pause } from './seed';

/**
 * `cut`: connections break, new ones are closed at once. `delay`: every piece is late. `half-open`: taken, and never a word again; what it met
 * stays dead in better weather, as with a machine that went away without closing. `trickle`: a few bytes at a time. `reset`: the next answer breaks in its middle.
 */
export const WEATHERS = ['cut', 'delay', 'half-open', 'trickle', 'reset'] as const;
export type Weather = (typeof WEATHERS)[number] | 'clear';

export interface Link {
  name: string;
  port: number;
  weather: Weather;
  /** How often each weather met something: what never fired was not tried. */
  fired: Record<Exclude<Weather, 'clear'>, number>;
  close(): Promise<void>;
}

const DELAY_MS = 400;
const TRICKLE = { bytes: 512, ms: 5 };

/** Opens a link to a port of this machine; fair weather until somebody sets another. */
export async function openLink(name: string, to: number): Promise<Link> {
  const pairs = new Set<Pair>();
  let weather: Weather = 'clear';
  const fired: Link['fired'] = { cut: 0, delay: 0, 'half-open': 0, trickle: 0, reset: 0 };

  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (weather === 'cut') { fired.cut += 1; near.resetAndDestroy(); return; }
    const pair: Pair = { near, far: connect({ port: to, host: '127.0.0.1', allowHalfOpen: true }), dead: false };
    pairs.add(pair);
    for (const end of [near, pair.far]) {
      end.setNoDelay(true);
      end.on('error', () => undefined);
      end.once('close', () => { pairs.delete(pair); near.destroy(); pair.far.destroy(); });
    }
    void carry(pair, near, pair.far, false);
    void carry(pair, pair.far, near, true);
  });

  /** One direction, a piece at a time; `answers`: from the far end back. */
  async function carry(pair: Pair, from: Socket, to: Socket, answers: boolean): Promise<void> {
    try {
      for await (const piece of from) await hand(pair, piece as Buffer, to, answers);
      if (pair.dead) to.destroy();
      else to.end();
    } catch { /* it broke: both ends are closed above */ }
  }

  async function hand(pair: Pair, piece: Buffer, to: Socket, answers: boolean): Promise<void> {
    if (pair.dead) return;
    if (weather === 'delay') { fired.delay += 1; await pause(DELAY_MS); }
    if (weather === 'half-open') { fired['half-open'] += 1; pair.dead = true; return; }
    if (weather === 'reset' && answers) {
      fired.reset += 1;
      weather = 'clear'; // once: the next try gets through
      await write(to, piece.subarray(0, Math.floor(piece.length / 2)));
      pair.near.resetAndDestroy();
      pair.far.resetAndDestroy();
      return;
    }
    if (weather !== 'trickle') return write(to, piece);
    fired.trickle += 1;
    for (let at = 0; at < piece.length; at += TRICKLE.bytes) {
      await write(to, piece.subarray(at, at + TRICKLE.bytes));
      await pause(TRICKLE.ms);
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    name, port: (server.address() as AddressInfo).port, fired,
    get weather() { return weather; },
    set weather(next) {
      weather = next;
      if (next !== 'cut') return;
      for (const { near, far } of pairs) { fired.cut += 1; near.resetAndDestroy(); far.resetAndDestroy(); }
    },
    async close() {
      server.close();
      for (const { near } of pairs) near.destroy();
      await once(server, 'close');
    },
  };
}

interface Pair { near: Socket; far: Socket; dead: boolean }

async function write(to: Socket, piece: Buffer): Promise<void> {
  if (!to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
}

/** Bad weather on one link after the other, and sometimes on two, until `over`; fair everywhere when this settles. */
export async function storms(links: readonly Link[], d: Dice, over: () => boolean): Promise<void> {
  while (!over()) {
    const link = d.one(links);
    link.weather = d.one(WEATHERS);
    await pause(200 + d.upTo(1_500));
    // Now and then the next one comes while this one still lasts.
    if (d.happens(0.8)) link.weather = 'clear';
  }
  for (const link of links) link.weather = 'clear';
}
