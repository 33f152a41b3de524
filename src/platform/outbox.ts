import type { Tx } from './database';
import { describeError, type Log } from './log';
import { listen } from './listen';

/** One thing that must still be told to somebody outside the transaction that wrote it. */
export interface OutboxRow { id: bigint; kind: string; key: string; claimNo: string | null; payload: unknown; attempts: number }

export interface OutboxLoop {
  /** Looks at once instead of at the next notification or poll. */
  poke(): void;
  /** Waits for what is being handled. */
  stop(): Promise<void>;
}

export interface OutboxOptions {
  /** What this process tells; the rest is for others. */
  kinds: readonly string[];
  /** Runs one statement under a role that may see and change rows of these kinds. */
  asRole: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Address of the same database, for LISTEN. */
  databaseUrl: string;
  /** Must do no harm when called twice for one row: a process may die between doing and noting it. Throwing keeps the row for later. */
  handle: (row: OutboxRow) => Promise<void>;
  log: Log;
}

const POLL_MS = 2_000;
const AT_ONCE = 10;
/** How long a row taken by a process that then died stays out of sight of the others. */
const LEASE_SECONDS = 60;
const LONGEST_BACKOFF_SECONDS = 60;

/** Drains these kinds of the outbox until stopped: oldest first, several processes side by side, each row until it was handled once. */
export function drainOutbox({ kinds, asRole, databaseUrl, handle, log }: OutboxOptions): OutboxLoop {
  let stopped = false;
  let wake: () => void = () => undefined;
  let poked = false;
  const poke = (): void => { poked = true; wake(); };
  const listener = listen(databaseUrl, 'outbox', { log, onMessage: (payload) => { if (kinds.includes(payload)) poke(); }, onConnected: poke });

  async function rest(): Promise<void> {
    if (poked || stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  async function one(row: OutboxRow): Promise<void> {
    try {
      await handle(row);
      await asRole((tx) => tx.$executeRaw`UPDATE outbox SET done_at = now(), last_error = NULL WHERE id = ${row.id}`);
    } catch (error) {
      const { type, code } = describeError(error);
      const seconds = Math.min(LONGEST_BACKOFF_SECONDS, 2 ** Math.min(row.attempts, 6));
      log.warn({ err: error, kind: row.kind, claimNo: row.claimNo, attempts: row.attempts }, 'an outbox row could not be handled; it stays for later');
      await asRole((tx) => tx.$executeRaw`UPDATE outbox SET available_at = now() + make_interval(secs => ${seconds}), last_error = ${code ?? type} WHERE id = ${row.id}`);
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      poked = false;
      try {
        const rows = await asRole((tx) => take(tx, kinds));
        await Promise.all(rows.map(one));
        if (rows.length === AT_ONCE) continue;
      } catch (error) {
        log.warn({ err: error, kinds }, 'the outbox cannot be read now');
      }
      await rest();
    }
  }

  const running = run();
  return {
    poke,
    async stop() {
      stopped = true;
      wake();
      await Promise.all([running, listener.stop()]);
    },
  };
}

/** Takes rows out of the others' sight for the time of a lease, so that no transaction stays open while they are handled. */
async function take(tx: Tx, kinds: readonly string[]): Promise<OutboxRow[]> {
  return tx.$queryRaw<OutboxRow[]>`
    UPDATE outbox SET attempts = attempts + 1, available_at = now() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id IN (SELECT id FROM outbox WHERE kind = ANY (${kinds}) AND done_at IS NULL AND available_at <= now() ORDER BY id LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, key, claim_no AS "claimNo", payload, attempts`;
}
