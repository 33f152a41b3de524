/**
 * A balancer as hospitals have one: asks /readyz every 200 ms, sends requests in turn to those that are ready (to all when none says so), takes
 * one out after three bad answers, streams both ways, and tries nothing twice.
 */
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

const LOOK_MS = 200;
const OUT_AFTER = 3;

export interface Front {
  url: string;
  /** Requests that got no answer from where they were sent. */
  broken(): number;
  /** The longest that an act waited for its answer. */
  slowestMs(): number;
  /** From now on asks this one too. */
  add(url: string): void;
  /** Takes it out at once, as a person at the balancer does; what is under way goes on. */
  remove(url: string): void;
  /** Settles when requests go to this one. */
  serving(url: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startFront(port: number): Promise<Front> {
  const behind = new Map<string, { bad: number }>();
  const agent = new Agent({ keepAlive: true });
  let [turn, broken, slowestMs] = [0, 0, 0];

  const server = createServer((req, res) => {
    const all = [...behind];
    const ready = all.some(([, { bad }]) => bad < OUT_AFTER) ? all.filter(([, { bad }]) => bad < OUT_AFTER) : all;
    const [url] = ready[(turn += 1) % Math.max(1, ready.length)] ?? [];
    if (url === undefined) { broken += 1; res.writeHead(502).end(); return; }
    const from = Date.now();
    if (req.method === 'POST' && req.url?.startsWith('/v1/claims') === true) res.once('finish', () => { slowestMs = Math.max(slowestMs, Date.now() - from); });
    res.once('close', () => { onward.destroy(); });
    const onward = request(url, { method: req.method, path: req.url, headers: { ...req.headers, connection: 'keep-alive' }, agent }, (answer) => {
      const { connection: _, 'keep-alive': __, ...headers } = answer.headers;
      res.writeHead(answer.statusCode ?? 502, headers);
      answer.pipe(res);
      // Cut off in the middle: so is who asked.
      answer.once('error', () => { res.destroy(); });
    });
    onward.once('error', () => {
      if (res.writableFinished || res.destroyed) return;
      broken += 1;
      if (res.headersSent) res.destroy();
      else res.writeHead(502).end();
    });
    req.pipe(onward);
  });
  const look = setInterval(() => {
    for (const [url, one] of behind) {
      fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then((answer) => { one.bad = answer.ok ? 0 : one.bad + 1; }, () => { one.bad += 1; });
    }
  }, LOOK_MS);
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    broken: () => broken, slowestMs: () => slowestMs,
    add: (url) => { behind.set(url, { bad: OUT_AFTER }); },
    remove: (url) => { behind.delete(url); },
    async serving(url) {
      for (const until = Date.now() + 60_000; (behind.get(url)?.bad ?? 1) > 0; await new Promise((resolve) => setTimeout(resolve, 50))) if (Date.now() > until) throw new Error(`${url} was never ready`);
    },
    async stop() {
      clearInterval(look);
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
