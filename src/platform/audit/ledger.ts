/** The signed ledger over all claims: an hourly line, told at once to those who would be wronged by a change (FAULTS 32). */
import type { Database, Tx } from '../database';
import { isDifferentKey } from './evidence-keys';
import type { KeyRing } from '../keys/key-ring';
import { currentSigner, type Signer } from '../keys/sign';
import { anchorHash, NO_LINE, signedText, treeOf, type AnchorLine, type Head, type ToldAnchor } from './anchor';
import { NODE_HASHES } from './chain';

const { sha256 } = NODE_HASHES;
/** Heads in one line: what one transaction takes; a first line over many claims becomes several. */
const MOST_HEADS = 20_000;
const ROWS_AT_ONCE = 2_000;
const LINE_LIMITS = { maxWait: 10_000, timeout: 120_000 };

/** The key of what is told of a line; another line under the same number finds it taken. */
export const toldKey = (house: string, seq: number): string => `anchor:${house}:${seq}`;

/**
 * Writes the line of this round (several when very much changed) unless one was written since `startedAt` (ISO), and answers the last one's
 * number. A round without a change has a line too: a ledger that goes on shows that nothing was cut off. `database` is the worker's.
 */
export async function anchorHeads({ database, keys, now }: { database: Database; keys: KeyRing; now: () => Date }, startedAt: string): Promise<number> {
  for (let full = true, first = true; ; first = false) {
    const last = await database.anchor.findFirst({ orderBy: { seq: 'desc' } });
    if (!full || (first && last && last.at.toISOString() >= startedAt)) return last?.seq ?? 0;
    full = await database.$transaction((tx) => addLine(tx, currentSigner(keys), now()), LINE_LIMITS);
  }
}

/** Adds one line; true: there are more heads than it could take. */
async function addLine(tx: Tx, signer: Signer, at: Date): Promise<boolean> {
  // Two rounds at once would follow the same line.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('anchor'))`;
  await keepKey(tx, signer, at);
  const before = await tx.anchor.findFirst({ orderBy: { seq: 'desc' }, select: { seq: true, hash: true, claims: true } });
  const changed = await changedHeads(tx);
  const heads = changed.map(({ claimNo, version, hash }): Head => ({ claimNo, version, hash }));
  const { root, paths } = treeOf(sha256, heads);
  const line: AnchorLine = {
    seq: (before?.seq ?? 0) + 1, prevHash: before?.hash ?? NO_LINE, at: at.toISOString(), claims: (before?.claims ?? 0) + changed.filter((one) => one.fresh).length, changed: heads.length, root, keyId: signer.keyId,
  };
  const hash = anchorHash(sha256, line);
  const signature = signer.sign(signedText({ ...line, hash }));
  await tx.anchor.create({ data: { ...line, hash, signature } });
  for (let from = 0; from < heads.length; from += ROWS_AT_ONCE) {
    await tx.anchorHead.createMany({ data: heads.slice(from, from + ROWS_AT_ONCE).map((head, n) => ({ ...head, seq: line.seq, path: paths[from + n]! })) });
  }
  await tellOutsiders(tx, { seq: line.seq, at: line.at, hash, signature });
  return heads.length === MOST_HEADS;
}

type Changed = Head & { fresh: boolean };

/** Last events that no line holds yet. A chain that has become shorter is not anchored anew: whoever verifies finds it. */
async function changedHeads(tx: Tx): Promise<Changed[]> {
  const rows = await tx.$queryRaw<Changed[]>`
    SELECT c.claim_no AS "claimNo", e.version, e.hash, h.version IS NULL AS fresh FROM claim c
    CROSS JOIN LATERAL (SELECT version, hash FROM claim_event WHERE claim_no = c.claim_no ORDER BY version DESC LIMIT 1) e
    LEFT JOIN LATERAL (SELECT version FROM anchor_head WHERE claim_no = c.claim_no ORDER BY version DESC LIMIT 1) h ON true
    WHERE h.version IS NULL OR e.version > h.version ORDER BY c.claim_no LIMIT ${MOST_HEADS}`;
  return rows.sort(byClaim);
}

/** The order of a line's heads. */
export const byClaim = (a: Head, b: Head): number => (a.claimNo < b.claimNo ? -1 : 1);

/** Keeps the public key beside the ledger, so that what was signed can be checked when the key is gone. Throws when another key had that id. */
export async function keepKey(tx: Tx, { keyId, publicKey }: Signer, since: Date): Promise<void> {
  const kept = await tx.evidenceKey.findUnique({ where: { keyId } });
  if (kept && isDifferentKey(kept.publicKey, publicKey)) throw new Error(`key ${keyId} signed under another public key before: give a new key a new id`);
  if (!kept) await tx.evidenceKey.create({ data: { keyId, publicKey, since } });
}

/** The insurers and the hospitals, each in their own notice: number, time, hash and signature, and nothing of any claim. */
async function tellOutsiders(tx: Tx, told: ToldAnchor): Promise<void> {
  const [insurers, hospitals] = await Promise.all([tx.insurer.findMany({ select: { code: true } }), tx.hospital.findMany({ select: { code: true } })]);
  const houses = [...insurers.map(({ code }) => ({ role: 'insurer', ref: code })), ...hospitals.map(({ code }) => ({ role: 'hospital', ref: code }))];
  await tx.outbox.createMany({ data: houses.map((to) => ({ kind: 'anchor', key: toldKey(to.ref, told.seq), payload: { to, told: { ...told } } })) });
}
