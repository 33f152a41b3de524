/** How the claims stand, as gauges for the API's `/metrics`. Labels are stages and kinds, never a claim. */
import { Gauge, type Registry } from 'prom-client';
import { inScope, type Database } from '../database';

const GAUGES = {
  kuaipei_claims_open: { help: 'Open claims', label: 'stage' },
  kuaipei_claims_breached: { help: 'Open claims that missed a due date', label: 'stage' },
  kuaipei_claims_stuck: { help: 'Open claims whose process could not get through for an hour', label: 'stage' },
  kuaipei_differences_open: { help: 'Differences between processes and records that are not resolved', label: 'kind' },
  kuaipei_outbox_pending: { help: 'Outbox rows not told yet', label: 'kind' },
  kuaipei_outbox_oldest_seconds: { help: 'Age of the oldest outbox row not told yet', label: 'kind' },
  kuaipei_ledger_age_seconds: { help: 'Since the last line of the signed ledger; it has one an hour. Before the first, since the first report', label: 'line' },
} as const;

interface Sample { gauge: keyof typeof GAUGES; label: string; value: number }

/** All gauges of one scrape, and of scrapes that follow closely, come from one statement. */
const FRESH_MS = 5_000;

/** Registers the gauges. While the database does not answer they have no values, and the other metrics are served all the same. */
export function collectBusinessGauges(register: Registry, database: Database): void {
  let read: Promise<Sample[]> = Promise.resolve([]);
  let readAt = -Infinity;
  const samples = (): Promise<Sample[]> => {
    if (performance.now() - readAt > FRESH_MS) {
      readAt = performance.now();
      read = count(database).catch(() => []);
    }
    return read;
  };
  for (const [name, { help, label }] of Object.entries(GAUGES)) {
    new Gauge({
      name, help, labelNames: [label], registers: [register],
      async collect() {
        const now = await samples();
        this.reset();
        for (const sample of now) if (sample.gauge === name) this.set({ [label]: sample.label }, sample.value);
      },
    });
  }
}

function count(database: Database): Promise<Sample[]> {
  return inScope(database, { personId: 'system:metrics', role: 'ops' }, (tx) => tx.$queryRaw<Sample[]>`
    WITH open AS (SELECT stage, count(*) AS all_of_them, count(*) FILTER (WHERE breached) AS breached, count(*) FILTER (WHERE stuck) AS stuck
                  FROM claim WHERE stage <> 'closed' GROUP BY stage),
         pending AS (SELECT kind, count(*) AS rows, extract(epoch FROM now() - min(created_at)) AS age FROM outbox WHERE done_at IS NULL GROUP BY kind)
    SELECT 'kuaipei_claims_open' AS gauge, stage AS label, all_of_them::float AS value FROM open
    UNION ALL SELECT 'kuaipei_claims_breached', stage, breached::float FROM open
    UNION ALL SELECT 'kuaipei_claims_stuck', stage, stuck::float FROM open
    UNION ALL SELECT 'kuaipei_differences_open', kind, count(*)::float FROM difference WHERE resolved_at IS NULL GROUP BY kind
    UNION ALL SELECT 'kuaipei_outbox_pending', kind, rows::float FROM pending
    UNION ALL SELECT 'kuaipei_outbox_oldest_seconds', kind, age::float FROM pending
    UNION ALL SELECT 'kuaipei_ledger_age_seconds', 'last', extract(epoch FROM now() - since)::float
              FROM (SELECT coalesce((SELECT max(at) FROM anchor), (SELECT min(reported_at) FROM claim)) AS since) AS ledger WHERE since IS NOT NULL`);
}
