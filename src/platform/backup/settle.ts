/** What a restored database must be told before anybody works on it: the world went on after it was copied. */
import { Client } from 'pg';
import { RESTORED } from '../claims/standing';

/** Claim numbers given between the copy and the loss are known to banks, insurers and people: they are never given again. More than any day gives. */
const NUMBERS_SKIPPED = 10_000;

/** What was done; counts, and claims by number. */
export interface Settled {
  /** The last event that stands: what was answered later is lost. Null in an empty log. */
  lastEventAt: string | null;
  /** Facts and confirmed notices that are handed to their processes again. */
  toldAgain: number;
  /** Acts that were kept for a worker in Temporal, not in PostgreSQL, and are lost: nobody will say of them that they wait. */
  lostActs: Array<{ claimNo: string; id: string; command: string }>;
}

/**
 * Does so in one transaction; the same again does no harm. `url`: the superuser, on a cluster that nobody else uses yet.
 * `temporalCopiedAt`: from the set; null: Temporal comes back as old as the database, or not at all.
 */
export async function settle(url: string, temporalCopiedAt: string | null): Promise<Settled> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    const { rows: [last] } = await client.query<{ at: Date | null }>('SELECT max(at) AS at FROM claim_event');
    await client.query('UPDATE claim_number SET last = last + $1', [NUMBERS_SKIPPED]);
    // The outbox may tell twice: a fact under an id that the claim has handled changes nothing, the gateway knows its keys.
    const { rowCount: toldAgain } = await client.query(`
      UPDATE outbox o SET done_at = NULL, available_at = now() FROM claim c
      WHERE c.claim_no = o.claim_no AND c.stage <> 'closed' AND o.done_at IS NOT NULL
        AND (o.kind = 'deliver' AND NOT EXISTS (SELECT FROM claim_event e WHERE e.claim_no = o.claim_no AND e.act_id = o.key)
          OR o.kind = 'notice' AND o.payload ->> 'template' = 'supplement-asked' AND NOT EXISTS (SELECT FROM claim_event e WHERE e.claim_no = o.claim_no AND e.act_id = 'delivered:' || o.key))`);
    const { rows: lostActs } = await client.query<Settled['lostActs'][number]>(`
      DELETE FROM act a WHERE status = 'queued' AND at >= coalesce($1::timestamptz, 'infinity')
        AND NOT EXISTS (SELECT FROM claim_event e WHERE e.claim_no = a.claim_no AND e.act_id = a.id) RETURNING claim_no AS "claimNo", id, command`, [temporalCopiedAt]);
    // Money may have moved since the copy, maybe to a payee we do not know of: no order goes out for what stands now before somebody has looked.
    await client.query(`
      INSERT INTO difference (found_at, claim_no, kind, detail) SELECT now(), '-', $1, jsonb_build_object('since', now())
      WHERE NOT EXISTS (SELECT FROM difference WHERE kind = $1 AND resolved_at IS NULL)`, [RESTORED]);
    await client.query('COMMIT');
    return { lastEventAt: last?.at?.toISOString() ?? null, toldAgain: toldAgain ?? 0, lostActs };
  } finally {
    await client.end();
  }
}
