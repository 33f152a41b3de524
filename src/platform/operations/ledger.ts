/** Is the hourly line of the signed ledger there? While none comes, what is cut off the log's end would show nowhere (FAULTS 32: a tail cut is found within an hour). */
import { inScope, type Database, type Tx } from '../database';
import type { Log } from '../log';

/** A line an hour, and some minutes for a worker that is just being replaced. */
const LATE_MS = 65 * 60_000;

/** The last line: its number, 0 while there is none, and when it was written (ISO). `late`: the next one should stand. */
export interface LedgerState { line: number; lastAt: string | null; late: boolean }

/** As whoever sees claims sees it: before the first line, the first report counts. */
export async function lookAtLedger(tx: Tx, now: Date): Promise<LedgerState> {
  const last = await tx.anchor.findFirst({ orderBy: { seq: 'desc' }, select: { seq: true, at: true } });
  const since = last?.at ?? (await tx.claim.aggregate({ _min: { reportedAt: true } }))._min.reportedAt;
  return { line: last?.seq ?? 0, lastAt: last?.at.toISOString() ?? null, late: since !== null && now.getTime() - since.getTime() > LATE_MS };
}

const EVERY_MS = 5 * 60_000;

/** Warns in the log every five minutes while the line is late; returns what stops it. In the API, because the worker whose work it is may be gone. */
export function watchLedger(database: Database, now: () => Date, log: Pick<Log, 'warn'>, everyMs = EVERY_MS): () => void {
  const look = async (): Promise<void> => {
    const { line, lastAt, late } = await inScope(database, { personId: 'system:ledger', role: 'ops' }, (tx) => lookAtLedger(tx, now()));
    if (late) log.warn({ line, lastAt }, 'the hourly line of the ledger is late: see Operations');
  };
  const watching = setInterval(() => { look().catch((error: unknown) => { log.warn({ err: error }, 'whether the ledger has its hourly line could not be seen'); }); }, everyMs).unref();
  return () => { clearInterval(watching); };
}
