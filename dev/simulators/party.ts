import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type NextFunction, type Request, type Response } from 'express';
import { ZodError } from 'zod';
import { verify } from '../../src/platform/outside/signature';

export interface PartyOptions {
  /** 0 takes any free port. */
  port: number;
  /** The HMAC secret shared with the claims platform. */
  secret: string;
  /** Where the party remembers what it did; without it, in memory only. */
  dataFile?: string;
}

export interface RunningParty {
  url: string;
  stop(): Promise<void>;
}

/** What a party says to one request. */
export interface Answer {
  status: number;
  body: object;
}

interface LineFault {
  do: string;
  ms?: number;
}

/** Longer than any client waits. */
const HANG_MS = 60_000;

export type Party = ReturnType<typeof createParty>;

/**
 * The HTTP shell of a party: signed routes, and `PUT /_faults` and `GET /_journal` unsigned, for whoever sits at this machine.
 * `whileRunning` keeps background work that ends when the party stops.
 */
export function createParty(name: string, secret: string, faults: { set(list: unknown): void }, journal: { entries: readonly object[] }) {
  const app = express();
  const stopping = new AbortController();
  const background = new Set<Promise<void>>();

  app.use(express.raw({ type: () => true, limit: '64kb' }));
  app.get('/_journal', (_req, res) => void res.json({ entries: journal.entries }));
  app.put('/_faults', (req, res) => {
    faults.set(bodyOf(req));
    res.status(204).end();
  });
  app.use((req, res, next) => {
    const verdict = verify(req.headers, rawBodyOf(req), secret, new Date());
    if (verdict.kind === 'valid') next();
    else res.status(401).json({ error: verdict.rule });
  });

  return {
    app,
    stopping: stopping.signal,

    /** Answers a request as its fault says: late, with 503, or never, before or after the effect. */
    async answer(res: Response, fault: LineFault | undefined, effect: () => Answer): Promise<void> {
      if (fault?.do === 'delay') await sleep(fault.ms ?? 1000, undefined, { signal: stopping.signal });
      if (fault?.do === 'fail') return void res.status(503).json({ error: 'unavailable' });
      if (fault?.do === 'time-out') return hang(res, fault.ms, stopping.signal);
      const { status, body } = effect();
      if (fault?.do === 'time-out-then-succeed') return hang(res, fault.ms, stopping.signal);
      res.status(status).json(body);
    },

    whileRunning(work: (signal: AbortSignal) => Promise<void>): void {
      const task = work(stopping.signal).catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      });
      background.add(task);
      void task.finally(() => background.delete(task));
    },

    /** Call after the routes stand. Throws a sentence when the port is taken. */
    async listen(port: number): Promise<RunningParty> {
      app.use(refuse);
      const server = createServer(app).listen(port, '127.0.0.1');
      try {
        await once(server, 'listening');
      } catch (error) {
        const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
        throw taken ? new Error(`the ${name} cannot start: port ${port} is taken; free it or give another`) : error;
      }
      return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        async stop() {
          stopping.abort();
          const closed = once(server, 'close');
          server.close();
          server.closeAllConnections();
          await Promise.all([closed, ...background]);
        },
      };
    },
  };
}

/** The bytes as they arrived: the signature covers these, not a parse of them. */
function rawBodyOf(req: Request): Buffer {
  const body: unknown = req.body;
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

/** The JSON of a request; throws SyntaxError. */
export function bodyOf(req: Request): unknown {
  return JSON.parse(rawBodyOf(req).toString('utf8'));
}

async function hang(res: Response, ms: number | undefined, signal: AbortSignal): Promise<void> {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  await sleep(ms ?? HANG_MS, undefined, { signal: AbortSignal.any([signal, gone.signal]) }).catch(() => undefined);
  res.destroy();
}

function refuse(error: unknown, _req: Request, res: Response, next: NextFunction): void {
  if (res.headersSent || res.destroyed) return next();
  if (error instanceof ZodError) {
    const issue = error.issues[0];
    res.status(400).json({ error: 'invalid', field: issue?.path.join('.') ?? '', rule: issue?.message ?? '' });
  } else if (error instanceof SyntaxError) {
    res.status(400).json({ error: 'not-json' });
  } else if (error instanceof Error && 'status' in error && error.status === 413) {
    res.status(413).json({ error: 'too-large' });
  } else {
    res.status(503).json({ error: 'unavailable' });
  }
}
