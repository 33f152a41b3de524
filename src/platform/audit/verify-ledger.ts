/** The ledger against itself, against its signatures, against what outsiders were told, and the claims against the ledger. */
import type { Database } from '../database';
import type { KeyRing } from '../keys/key-ring';
import { isSigned } from '../keys/sign';
import { anchorHash, NO_LINE, signedText, treeOf, type ToldAnchor } from './anchor';
import { NODE_HASHES } from './chain';
import { evidenceKeys } from './evidence-keys';
import { byClaim } from './ledger';

const { sha256 } = NODE_HASHES;

/** What is wrong with a line: `cut` means that it is not there though it was told. */
export interface BrokenLine { seq: number; field: 'seq' | 'prevHash' | 'hash' | 'signature' | 'key' | 'changed' | 'root' | 'claims' | 'told' | 'cut' }
/** What became of an anchored event: the claim is gone, its chain was cut before it, or it was written anew. */
export interface BrokenHead { seq: number; claimNo: string; version: number; field: 'removed' | 'tail' | 'rewritten' }

export interface LedgerReport {
  lines: number;
  heads: number;
  /** When the last line was written (ISO). */
  lastAt: string | null;
  broken: BrokenLine | BrokenHead | null;
}

export type Told = Pick<ToldAnchor, 'seq' | 'hash'>;

/**
 * Walks the ledger and stops at the first thing that is wrong. `keys`: the ring, where it is at hand; without it public keys are believed as
 * the table has them. `told`: lines as outsiders hold them. `database` is the worker's.
 */
export async function verifyLedger(database: Database, keys: KeyRing | null, told: readonly Told[] = []): Promise<LedgerReport> {
  const publicKeys = new Map((await evidenceKeys(database, keys)).map((one) => [one.keyId, one.publicKey]));
  const report: LedgerReport = { lines: 0, heads: 0, lastAt: null, broken: null };
  const hashes = new Map<number, string>();
  const asked = new Set([...told, ...(await toldByUs(database))].map(({ seq }) => seq));
  let before = { seq: 0, hash: NO_LINE, claims: 0 };
  for (;;) {
    const row = await database.anchor.findFirst({ where: { seq: { gt: before.seq } }, orderBy: { seq: 'asc' } });
    if (!row) break;
    const line = { ...row, at: row.at.toISOString() };
    const heads = (await database.anchorHead.findMany({ where: { seq: row.seq } })).sort(byClaim);
    const { root, paths } = treeOf(sha256, heads);
    const fresh = await freshIn(database, row.seq);
    const publicKey = publicKeys.get(line.keyId);
    const field: BrokenLine['field'] | null =
      line.seq !== before.seq + 1 ? 'seq'
        : line.prevHash !== before.hash ? 'prevHash'
          : line.hash !== anchorHash(sha256, line) ? 'hash'
            : publicKey === undefined ? 'key'
              : !isSigned(publicKey, signedText(line), line.signature) ? 'signature'
                : line.changed !== heads.length ? 'changed'
                  : line.root !== root || heads.some((head, n) => head.path.join() !== paths[n]!.join()) ? 'root'
                    : line.claims !== before.claims + fresh ? 'claims' : null;
    if (field) return { ...report, broken: { seq: before.seq + 1, field } };
    if (asked.has(line.seq)) hashes.set(line.seq, line.hash);
    report.lines += 1;
    report.heads += heads.length;
    report.lastAt = line.at;
    before = { seq: line.seq, hash: line.hash, claims: line.claims };
  }
  return { ...report, broken: (await againstTold(database, hashes, told)) ?? (await againstClaims(database)) };
}

/** How many of a line's claims no earlier line knows. */
async function freshIn(database: Database, seq: number): Promise<number> {
  const [row] = await database.$queryRaw<{ fresh: number }[]>`
    SELECT count(*)::int AS fresh FROM anchor_head h WHERE seq = ${seq}
      AND NOT EXISTS (SELECT FROM anchor_head o WHERE o.claim_no = h.claim_no AND o.seq < ${seq})`;
  return row?.fresh ?? 0;
}

/** What the outbox says was told, one of each line. */
async function toldByUs(database: Database): Promise<Told[]> {
  return database.$queryRaw<Told[]>`SELECT DISTINCT (payload #>> '{told,seq}')::int AS seq, payload #>> '{told,hash}' AS hash FROM outbox WHERE kind = 'anchor' ORDER BY 1`;
}

async function againstTold(database: Database, hashes: ReadonlyMap<number, string>, told: readonly Told[]): Promise<BrokenLine | null> {
  const wrong = [...(await toldByUs(database)), ...told].sort((a, b) => a.seq - b.seq).find(({ seq, hash }) => hashes.get(seq) !== hash);
  return wrong ? { seq: wrong.seq, field: hashes.has(wrong.seq) ? 'told' : 'cut' } : null;
}

/** The first anchored event that is no longer what it was: by this a chain that was written anew with all its hashes is found. */
async function againstClaims(database: Database): Promise<BrokenHead | null> {
  const [row] = await database.$queryRaw<BrokenHead[]>`
    SELECT h.seq, h.claim_no AS "claimNo", h.version,
      CASE WHEN NOT EXISTS (SELECT FROM claim c WHERE c.claim_no = h.claim_no) THEN 'removed' WHEN e.hash IS NULL THEN 'tail' ELSE 'rewritten' END AS field
    FROM anchor_head h LEFT JOIN claim_event e ON e.claim_no = h.claim_no AND e.version = h.version
    WHERE e.hash IS DISTINCT FROM h.hash ORDER BY h.seq, h.claim_no LIMIT 1`;
  return row ?? null;
}
