/** How the claims stand, as gauges for the API's `/metrics`. Labels are stages and kinds, never a claim. */
import type { Client } from '@temporalio/client';
import { Gauge, type Registry } from 'prom-client';
import { inScope, type Database } from '../database';
import type { UploadStaging } from '../documents/store';
import { lookAtQueues, type Queue } from './queues';

const OF_CLAIMS = {
  kuaipei_claims_open: { help: 'Open claims', label: 'stage' },
  kuaipei_claims_breached: { help: 'Open claims that missed a due date', label: 'stage' },
  kuaipei_claims_stuck: { help: 'Open claims whose process could not get through for an hour', label: 'stage' },
  kuaipei_claims_unseen: { help: 'Open claims that nobody owes anything, or whose due date passed five minutes ago without a breach on record; never above 0', label: 'stage' },
  kuaipei_claims_oldest_seconds: { help: 'Since the report of the oldest open claim', label: 'stage' },
  kuaipei_differences_open: { help: 'Differences between processes and records that are not resolved', label: 'kind' },
  kuaipei_outbox_pending: { help: 'Outbox rows not told yet', label: 'kind' },
  kuaipei_outbox_oldest_seconds: { help: 'Age of the oldest outbox row not told yet', label: 'kind' },
  kuaipei_ledger_age_seconds: { help: 'Since the last line of the signed ledger; it has one an hour. Before the first, since the first report', label: 'line' },
} as const;

const OF_DATABASE = {
  kuaipei_database_bytes: { help: 'Size of the database', label: 'database' },
  kuaipei_database_damaged_reads: { help: 'Pages that were read and did not have their checksum, of all databases of the server since its statistics began; never above 0. Absent where pages have none', label: 'database' },
} as const;

interface Sample { gauge: string; label: string; value: number }

/** All gauges of one kind in a scrape, and in scrapes that follow closely, come from one statement. */
const FRESH_MS = 5_000;

/**
 * Registers the gauges of the claims, and those of the database, which must be told when a damaged table cannot be read. While the database does
 * not answer they have no values, and the other metrics are served all the same.
 */
export function collectBusinessGauges(register: Registry, database: Database): void {
  collect(register, OF_CLAIMS, () => countClaims(database));
  collect(register, OF_DATABASE, () => lookAtDatabase(database));
}

function collect(register: Registry, gauges: Readonly<Record<string, { help: string; label: string }>>, read: () => Promise<Sample[]>): void {
  const samples = atMostEvery(FRESH_MS, read);
  for (const [name, { help, label }] of Object.entries(gauges)) {
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

/** One reading for all who ask within the time; one that fails is empty. */
function atMostEvery<T>(ms: number, read: () => Promise<T[]>): () => Promise<T[]> {
  let last: Promise<T[]> = Promise.resolve([]);
  let at = -Infinity;
  return () => {
    if (performance.now() - at > ms) {
      at = performance.now();
      last = read().catch(() => []);
    }
    return last;
  };
}

/** A scrape does not wait longer for Temporal. */
const TEMPORAL_MS = 1_500;
/** Asked for more often than the database: it is one small question, and what it tells is urgent. */
const QUEUES_FRESH_MS = 1_000;

/** Registers what waits in the task queues, as Temporal sees it: a worker that is gone cannot tell. No values while Temporal is away. */
export function collectQueueGauges(register: Registry, temporal: Client): void {
  const queues = atMostEvery(QUEUES_FRESH_MS, () => temporal.withDeadline(Date.now() + TEMPORAL_MS, () => lookAtQueues(temporal, new Date())));
  const gauge = (name: string, help: string, value: (queue: Queue) => number): void => {
    new Gauge({
      name, help, labelNames: ['queue', 'kind'], registers: [register],
      async collect() {
        const now = await queues();
        this.reset();
        for (const queue of now) this.set({ queue: queue.taskQueue, kind: queue.kind }, value(queue));
      },
    });
  };
  gauge('kuaipei_queue_backlog', 'Tasks that no worker has taken yet', ({ backlog }) => backlog);
  gauge('kuaipei_queue_oldest_seconds', 'How long the oldest of them has waited', ({ oldestSeconds }) => oldestSeconds);
  gauge('kuaipei_queue_workers', 'Workers that asked for work in the last 90 seconds', ({ pollers }) => pollers.filter(({ there }) => there).length);
}

/** Registers the room left where documents are kept; without value where the store has no such bound. */
export function collectStoreGauge(register: Registry, staging: Pick<UploadStaging, 'freeBytes'>): void {
  new Gauge({
    name: 'kuaipei_store_free_bytes', help: 'Room left in the folder of documents; below 256 MiB uploads are refused', labelNames: ['store'], registers: [register],
    async collect() {
      const free = await staging.freeBytes().catch(() => null);
      this.reset();
      if (free !== null) this.set({ store: 'documents' }, free);
    },
  });
}

const METRICS = { personId: 'system:metrics', role: 'ops' } as const;

function countClaims(database: Database): Promise<Sample[]> {
  return inScope(database, METRICS, (tx) => tx.$queryRaw<Sample[]>`
    WITH open AS (SELECT stage, count(*) AS all_of_them, count(*) FILTER (WHERE breached) AS breached, count(*) FILTER (WHERE stuck) AS stuck, extract(epoch FROM now() - min(reported_at)) AS oldest,
                    count(*) FILTER (WHERE cardinality(waiting_for) = 0 OR (NOT breached AND next_deadline < now() - interval '5 minutes')) AS unseen
                  FROM claim WHERE stage <> 'closed' GROUP BY stage),
         pending AS (SELECT kind, count(*) AS rows, extract(epoch FROM now() - min(created_at)) AS age FROM outbox WHERE done_at IS NULL GROUP BY kind)
    SELECT 'kuaipei_claims_open' AS gauge, stage AS label, all_of_them::float AS value FROM open
    UNION ALL SELECT 'kuaipei_claims_breached', stage, breached::float FROM open
    UNION ALL SELECT 'kuaipei_claims_stuck', stage, stuck::float FROM open
    UNION ALL SELECT 'kuaipei_claims_unseen', stage, unseen::float FROM open
    UNION ALL SELECT 'kuaipei_claims_oldest_seconds', stage, oldest::float FROM open
    UNION ALL SELECT 'kuaipei_differences_open', kind, count(*)::float FROM difference WHERE resolved_at IS NULL GROUP BY kind
    UNION ALL SELECT 'kuaipei_outbox_pending', kind, rows::float FROM pending
    UNION ALL SELECT 'kuaipei_outbox_oldest_seconds', kind, age::float FROM pending
    UNION ALL SELECT 'kuaipei_ledger_age_seconds', 'last', extract(epoch FROM now() - since)::float
              FROM (SELECT coalesce((SELECT max(at) FROM anchor), (SELECT min(reported_at) FROM claim)) AS since) AS ledger WHERE since IS NOT NULL`);
}

function lookAtDatabase(database: Database): Promise<Sample[]> {
  return inScope(database, METRICS, (tx) => tx.$queryRaw<Sample[]>`
    SELECT 'kuaipei_database_bytes' AS gauge, 'kuaipei' AS label, pg_database_size(current_database())::float AS value
    UNION ALL SELECT 'kuaipei_database_damaged_reads', 'all', sum(checksum_failures)::float FROM pg_stat_database HAVING sum(checksum_failures) IS NOT NULL`);
}
