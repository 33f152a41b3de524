import { Client } from 'pg';
import type { Log } from './log';

/** Hears what the database notifies, until stopped. */
export interface Listener { stop(): Promise<void> }

const RECONNECT_AFTER_MS = 1_000;
/** Asked now and then whether it is still there: a server that went away without closing would never be missed by who only listens. */
const BEAT_MS = 10_000;
const PATIENCE_MS = 5_000;

/**
 * Listens on a channel of the database over a connection of its own, and connects again whenever it breaks. What is notified
 * meanwhile is lost: whoever must not miss anything polls as well. `onConnected` is called after each (re)connection.
 */
export function listen(url: string, channel: string, { log, onMessage, onConnected }: { log: Log; onMessage: (payload: string) => void; onConnected?: () => void }): Listener {
  let stopped = false;
  let client: Client | null = null;
  let retry: NodeJS.Timeout | undefined;
  const beat = setInterval(() => {
    const asked = client;
    asked?.query('SELECT 1').catch((error: unknown) => { if (client === asked) again(error); });
  }, BEAT_MS);

  function again(error: unknown): void {
    void client?.end().catch(() => undefined);
    client = null;
    if (stopped || retry !== undefined) return;
    log.warn({ err: error, channel }, 'listening was interrupted; connecting again');
    retry = setTimeout(() => { retry = undefined; void connect(); }, RECONNECT_AFTER_MS);
  }

  async function connect(): Promise<void> {
    const mine = new Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: PATIENCE_MS, query_timeout: PATIENCE_MS });
    client = mine;
    const lost = (error?: unknown): void => { if (client === mine) again(error); };
    mine.on('error', lost);
    mine.on('end', () => lost());
    mine.on('notification', ({ payload }) => onMessage(payload ?? ''));
    try {
      await mine.connect();
      await mine.query(`LISTEN "${channel}"`);
      onConnected?.();
    } catch (error) {
      lost(error);
    }
  }

  const connecting = connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(retry);
      clearInterval(beat);
      await connecting;
      const last = client;
      client = null;
      await last?.end();
    },
  };
}
