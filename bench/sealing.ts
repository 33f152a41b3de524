/**
 * `node --import tsx bench/sealing.ts [ROUNDS]`: what sealed columns cost who reads. On the running local stack (`npm start`, `npm run
 * demo`) it builds the claim page of every claim, its events, and the list of claims, in turns with the keys and without: without, what is
 * read stays sealed. Prints medians and 95th percentiles in milliseconds, and the ratio of each.
 */
import { claimsQuery, listClaims } from '../src/api/claim/list';
import { eventsQuery, listEvents } from '../src/api/claim/events';
import { viewOf } from '../src/api/claim/view';
import type { Actor, ClaimState } from '../src/domain/claim';
import { DEFAULT_KEEPS } from '../src/domain/retention';
import { createDatabase, inScope, type Database } from '../src/platform/database';
import { openKeyFile } from '../src/platform/keys/key-ring';
import { requireStack } from '../dev/stack';

const AUDITOR: Actor = { personId: 'P-AUDITOR', sub: 'auditor', role: 'auditor' };
const WARM_UP = 3;

async function main(rounds: number): Promise<void> {
  const { environment, apiDatabaseUrl } = requireStack();
  const keys = openKeyFile(environment['KEY_FILE'] ?? '');
  const sides = { sealed: createDatabase(apiDatabaseUrl, { connections: 1, keys }), without: createDatabase(apiDatabaseUrl, { connections: 1 }) };
  const now = new Date().toISOString();
  const claims = (await inScope(sides.without, AUDITOR, (tx) => tx.claim.findMany({ select: { state: true } }))).map(({ state }) => state as unknown as ClaimState);
  const work: Record<string, (database: Database, state: ClaimState) => Promise<unknown>> = {
    'claim page': (database, state) => inScope(database, AUDITOR, (tx) => viewOf(tx, state, AUDITOR, now, DEFAULT_KEEPS)),
    'its events': (database, state) => inScope(database, AUDITOR, (tx) => listEvents(tx, AUDITOR, state, eventsQuery.parse({ limit: '100' }))),
    'list of claims': (database) => inScope(database, AUDITOR, (tx) => listClaims(tx, AUDITOR, claimsQuery.parse({}), now, keys)),
  };
  for (const [name, run] of Object.entries(work)) {
    const times: Record<keyof typeof sides, number[]> = { sealed: [], without: [] };
    for (let round = -WARM_UP; round < rounds; round += 1) {
      for (const [n, state] of claims.entries()) {
        // In turns, so that what else the machine does falls on both.
        for (const side of (round + n) % 2 === 0 ? ['sealed', 'without'] as const : ['without', 'sealed'] as const) {
          const began = performance.now();
          await run(sides[side], state);
          if (round >= 0) times[side].push(performance.now() - began);
        }
      }
    }
    const at = (side: keyof typeof sides, share: number): number => times[side].sort((a, b) => a - b)[Math.floor(share * (times[side].length - 1))] ?? NaN;
    const line = (share: number): string => `${at('sealed', share).toFixed(2)} ms beside ${at('without', share).toFixed(2)} ms: ${(at('sealed', share) / at('without', share)).toFixed(3)}×`;
    console.log(`${name} (${times.sealed.length} each): median ${line(0.5)}; p95 ${line(0.95)}`);
  }
  await Promise.all(Object.values(sides).map((one) => one.$disconnect()));
}

main(Number(process.argv[2] ?? 40)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
