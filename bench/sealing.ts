/**
 * `npm run bench:sealing [-- ROUNDS]`: what row-level security and sealed columns cost who reads. On the running local stack (`npm start`, `npm run
 * demo`) it builds the claim page of every claim, its events, and the list of claims among some thousands (planted here, and taken away), for a
 * reviewer, in turns as the API does and as a superuser without keys: no policy is asked then, and what is read stays sealed. Prints medians
 * and 95th percentiles in milliseconds, and the ratio of each (at most 1.3, issue 5).
 */
import { Client } from 'pg';
import { claimsQuery, listClaims } from '../src/api/claim/list';
import { eventsQuery, listEvents } from '../src/api/claim/events';
import { rowsOf } from '../src/api/claim/rows';
import { viewOf } from '../src/api/claim/view';
import type { Actor, ClaimState } from '../src/domain/claim';
import { DEFAULT_KEEPS } from '../src/domain/retention';
import { createDatabase, inScope, type Database } from '../src/platform/database';
import { openerOf, type Open } from '../src/platform/database/sealed';
import { openKeyFile } from '../src/platform/keys/key-ring';
import { postgresUrl } from '../dev/postgres';
import { readSettings } from '../dev/settings';
import { requireStack } from '../dev/stack';

const REVIEWER: Actor = { personId: 'P-I001-REVIEWER-A', sub: 'reviewer-a-i001', role: 'reviewer', insurer: 'I001' };
/** Leaves what is sealed as it is. */
const CLOSED: Open = (_table, column, _key, text) => (column === 'content' ? '{}' : text);
const WARM_UP = 3;
const PLANTED = 5_000;

async function main(rounds: number): Promise<void> {
  const { environment, apiDatabaseUrl } = requireStack();
  const keys = openKeyFile(environment['KEY_FILE'] ?? '');
  const superuser = postgresUrl('postgres', readSettings(process.env).ports.postgres);
  const sides = { with: createDatabase(apiDatabaseUrl, { connections: 1, keys }), without: createDatabase(superuser, { connections: 1 }) };
  const now = new Date().toISOString();
  const claims = (await inScope(sides.with, REVIEWER, (tx) => tx.claim.findMany({ select: { state: true } }))).map(({ state }) => state as unknown as ClaimState);
  const work: Record<string, (database: Database, state: ClaimState) => Promise<unknown>> = {
    'claim page': async (database, { claimNo }) => viewOf((await rowsOf(database, REVIEWER, claimNo))!, REVIEWER, now, { keeps: DEFAULT_KEEPS, open: database === sides.with ? openerOf(keys) : CLOSED }),
    'its events': (database, state) => inScope(database, REVIEWER, (tx) => listEvents(tx, REVIEWER, state, eventsQuery.parse({ limit: '100' }))),
    'list of claims': (database) => inScope(database, REVIEWER, (tx) => listClaims(tx, REVIEWER, claimsQuery.parse({}), now, keys)),
  };
  const planter = new Client({ connectionString: superuser });
  await planter.connect();
  try {
    await planter.query(`
      INSERT INTO claim SELECT (jsonb_populate_record(c.one, jsonb_build_object('claim_no', 'KP-1999-' || lpad(n::text, 6, '0'), 'natural_key', 'planted ' || n))).*
      FROM generate_series(1, $1::int) n, LATERAL (SELECT claim AS one FROM claim WHERE claim_no NOT LIKE 'KP-1999-%' ORDER BY md5(claim_no || n) LIMIT 1) c ON CONFLICT DO NOTHING`, [PLANTED]);
    await planter.query('ANALYZE claim');
    for (const [name, run] of Object.entries(work)) {
      const times: Record<keyof typeof sides, number[]> = { with: [], without: [] };
      for (let round = -WARM_UP; round < rounds; round += 1) {
        for (const [n, state] of claims.entries()) {
          // In turns, so that what else the machine does falls on both.
          for (const side of (round + n) % 2 === 0 ? ['with', 'without'] as const : ['without', 'with'] as const) {
            const began = performance.now();
            await run(sides[side], state);
            if (round >= 0) times[side].push(performance.now() - began);
          }
        }
      }
      const at = (side: keyof typeof sides, share: number): number => times[side].sort((a, b) => a - b)[Math.floor(share * (times[side].length - 1))] ?? NaN;
      const line = (share: number): string => `${at('with', share).toFixed(2)} ms beside ${at('without', share).toFixed(2)} ms: ${(at('with', share) / at('without', share)).toFixed(3)}×`;
      console.log(`${name} (${times.with.length} each): median ${line(0.5)}; p95 ${line(0.95)}`);
    }
  } finally {
    await planter.query("DELETE FROM claim WHERE claim_no LIKE 'KP-1999-%'");
    await planter.end();
    await Promise.all(Object.values(sides).map((one) => one.$disconnect()));
  }
}

main(Number(process.argv[2] ?? 40)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
