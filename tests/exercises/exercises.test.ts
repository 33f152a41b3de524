/** The runbook, played: each exercise is named by its section of docs/operations.md, and its signal must show before the cure and be gone after it. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../dev/ports';
import { startApi, type RunningApi } from '../../src/api/main';
import { CLAIM_WORKFLOW, claimWorkflowId, evolve, type ClaimState } from '../../src/domain/claim';
import { recordEvents } from '../../src/platform/claims/record';
import { startOptions } from '../../src/platform/claims/start';
import { readApiConfig } from '../../src/platform/config';
import { asWorker } from '../../src/platform/database';
import { createLog } from '../../src/platform/log';
import type { StuckClaim } from '../../src/platform/operations/causes';
import { aReport, newClaim, paid, STEPS, stateOf, take, travel, until, type Travelling } from '../support/journey';
import { token } from '../support/identity';
import { eventually, setFaults } from '../support/parties';
import { startStack, type TestStack } from '../support/stack';
import { collecting } from '../platform/operations/claims';
import { makeCertificate, present, type Certificate } from './certificates';
import { startCollector, type Collector, type Span } from './collector';
import { unknownIn } from './expressions';
import { rulesOf, scrape, sounds, type Series } from './signals';

const run = promisify(execFile);
let stack: TestStack, collector: Collector, folder: string;
/** All that was ever scraped: what the expressions of rules and dashboards may name. */
const seen: Series[] = [];
const look = async (url?: string): Promise<Series[]> => {
  const series = (await Promise.all((url === undefined ? [`${stack.apiUrl}/metrics`, stack.workerMetricsUrl] : [`${url}/metrics`]).map(scrape))).flat();
  seen.push(...series);
  return series;
};
/** Looks a few times a second, as the processes have other things to do. */
const untilShown = <T>(holds: (series: Series[]) => T | undefined, url?: string): Promise<T> => eventually(async () => {
  const found = holds(await look(url));
  if (found === undefined) await new Promise((resolve) => { setTimeout(resolve, 250); });
  return found;
}, 20_000);
const untilSounds = (alert: string, expected: boolean, url?: string): Promise<true> => untilShown((series) => (sounds(alert, series) === expected ? true : undefined), url);
const above = (series: Series[], metric: string, value = 0): true | undefined => (series.some((one) => one.name === metric && one.value > value) ? true : undefined);
const stuck = async (claimNo: string): Promise<StuckClaim> => {
  const { items } = await (await stack.person('ops')).get<{ items: StuckClaim[] }>('/v1/ops/stuck?limit=100');
  return items.find((claim) => claim.claimNo === claimNo)!;
};
const untilCause = (claimNo: string, kind: string, expected: boolean): Promise<StuckClaim> => eventually(async () => {
  const found = await stuck(claimNo);
  return found.causes.some((cause) => cause.kind === kind) === expected ? found : undefined;
}, 25_000);

beforeAll(async () => {
  collector = await startCollector();
  folder = await mkdtemp(join(tmpdir(), 'kuaipei-exercises-'));
  stack = await startStack({ around: (_, as) => Promise.resolve({ ...as, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' }) });
}, 180_000);
afterAll(async () => {
  await stack.close();
  await collector.close();
  await rm(folder, { recursive: true, force: true });
});

let claim: Travelling;
const again = (command: string): Promise<void> => take(stack, claim, STEPS.find((step) => step.command === command)!);

test('operations.md “An outside party refuses”: the insurer is away, the stuck page names it, and the claim goes on when it is back', async () => {
  await setFaults(stack.insurerUrl, [{ do: 'fail' }]);
  claim = await travel(stack, newClaim(), 'submit-facts');
  expect((await untilCause(claim.claimNo, 'activity-failing', true)).causes).toContainEqual(expect.objectContaining({ errorType: 'insurer-unreachable' }));
  await untilShown((series) => above(series, 'temporal_activity_execution_failed'));
  await setFaults(stack.insurerUrl, []);
  await untilCause(claim.claimNo, 'activity-failing', false);
});

test('operations.md “Wrong input”: an account that the bank cannot pay is corrected by an act; no process is reset, and the money goes once', async () => {
  const process = (): Promise<string> => stack.temporal.workflow.getHandle(claimWorkflowId(claim.claimNo)).describe().then(({ runId }) => runId);
  await travel(stack, claim, 'check-payment', 'submit-facts');
  const began = await process();
  await setFaults(stack.bankUrl, [{ do: 'payee-fault', times: 1 }]);
  const key = randomUUID();
  await (await stack.person('finance-b-i001')).act(claim.claimNo, 'check-payment', {}, key);
  await until(stack, claim.claimNo, (state) => state.tasks.some((task) => task.kind === 'set-payee'));
  expect(await stuck(claim.claimNo)).toMatchObject({ cause: 'waiting', causes: [{ task: 'set-payee', roles: ['patient', 'specialist'] }] });
  for (const command of ['set-payee', 'confirm-payee', 'make-payment', 'check-payment']) await again(command);
  const { payments, paidFen } = await paid(stack, claim.claimNo);
  expect([payments.map(({ status }) => status), paidFen, await process()]).toEqual([['failed', 'confirmed'], 600_000, began]);
});

describe('issue 6: tracing from click to activity (OpenTelemetry)', () => {
  const named = (spans: Span[], name: string): Span => spans.find((span) => span.name === name) ?? (() => { throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(', ')}`); })();

  test('one act gives one connected trace: the route, the update, the recording in the worker, the call to the bank', async () => {
    const trace = await eventually(async () => {
      const click = collector.spans().filter((span) => span.name === 'POST /v1/claims/{claimNo}/acts/check-payment').at(-1);
      const spans = collector.spans().filter((span) => span.traceId === click?.traceId);
      return spans.some((span) => span.name === 'bank: submit payment') ? Promise.resolve(spans) : Promise.resolve(undefined);
    });
    const click = named(trace, 'POST /v1/claims/{claimNo}/acts/check-payment');
    expect(click).toMatchObject({ service: 'kuaipei-api', above: null, attributes: { 'http.response.status_code': 200, 'kuaipei.claim': claim.claimNo } });
    expect(named(trace, 'update check-payment')).toMatchObject({ service: 'kuaipei-api', above: click.spanId });
    for (const [activity, within] of [['activity recordEvents', 'database transaction'], ['activity pay', 'bank: submit payment']] as const) {
      const span = named(trace, activity);
      expect(span).toMatchObject({ service: 'kuaipei-worker', above: click.spanId });
      expect(trace.some((one) => one.name === within && one.above === span.spanId)).toBe(true);
    }
    const ids = trace.map((span) => span.spanId);
    expect([trace.filter((span) => span.above === null).length, trace.filter((span) => span.above !== null && !ids.includes(span.above))]).toEqual([1, []]);
  });

  test('SPEC §3: spans carry codes, claim numbers and routes; no person, no account, no word that somebody wrote', () => {
    const text = collector.text();
    for (const canary of ['旅行者', 'MR-J-', '1961-04-05', '术后出血', '示例银行', '62220000000', 'P-PATIENT-A', 'P-FINANCE', 'finance-b', 'specialist-a', 'Bearer', 'SELECT ']) expect(text).not.toContain(canary);
    expect(text).toContain(claim.claimNo);
  });

  test('issue 6 part 6: from the act to the next owner’s screen is measured', async () => {
    const reviewer = await stack.person('reviewer-a-i001');
    const stop = new AbortController();
    const live = await reviewer.fetch('/v1/events', { signal: stop.signal });
    const measured = async (): Promise<number> => (await look()).find(({ name }) => name === 'kuaipei_seen_seconds_count')!.value;
    const before = await measured();
    await travel(stack, newClaim(), 'upload-documents');
    await untilShown((series) => above(series, 'kuaipei_seen_seconds_count', before));
    stop.abort();
    await live.body?.cancel().catch(() => undefined);
  });

  test('a collector that is away: acts are done as before, the log says that spans are lost', async () => {
    await collector.close();
    const began = Date.now();
    await travel(stack, newClaim(), 'upload-documents');
    expect(Date.now() - began).toBeLessThan(10_000);
    await eventually(async () => ((await stack.logs()).some(({ text }) => text.includes('spans could not be sent')) ? true : undefined), 20_000);
  });
});

test('SPEC §1.5: a rung that comes late is measured, and the missed date is seen', async () => {
  const { events } = collecting(new Date(Date.now() - 25 * 3_600_000));
  const state = events.reduce<ClaimState | null>(evolve, null)!;
  const { hospital, department, insurer, claimNo, patientId: id } = state;
  await asWorker(stack.database, async (tx) => {
    await tx.patient.create({ data: { id, hospital, department, insurer, recordNo: claimNo, name: '-' } });
    for (const event of events) event.act.hash = '0'.repeat(64);
    await recordEvents(tx, { claimNo, events, state, naturalKey: claimNo });
  });
  await stack.temporal.workflow.start(CLAIM_WORKFLOW, startOptions({ state }));
  await until(stack, claimNo, ({ breached }) => breached);
  const late = (series: Series[], le: string): number | undefined => series.find((one) => one.name === 'kuaipei_rung_late_seconds_bucket' && one.labels['le'] === le)?.value;
  const shown = await untilShown((series) => ((late(series, '+Inf') ?? 0) > 0 ? series : undefined));
  expect(late(shown, '+Inf')! - late(shown, '60')!).toBeGreaterThan(0);
  await untilShown((series) => above(series, 'kuaipei_claims_breached'));
});

let held: Travelling;
describe('operations.md “Stuck on a bug” and “A queue without a worker”', () => {
  test('a deployment with a fault: ProcessFails sounds and the stuck page says workflow-task-failing', async () => {
    const good = stack.environment['WORKFLOW_BUNDLE']!;
    const code = await readFile(good, 'utf8');
    const faulty = code.replace('async function live(input) {', 'async function live(input) { throw new TypeError("a fault");');
    expect(faulty).not.toBe(code);
    stack.environment['WORKFLOW_BUNDLE'] = join(folder, 'faulty.js');
    await writeFile(stack.environment['WORKFLOW_BUNDLE'], faulty);
    await stack.stop('worker');
    await stack.start('worker');
    held = await travel(stack, newClaim(), 'submit-facts');
    const before = await look();
    expect((await untilCause(held.claimNo, 'workflow-task-failing', true)).repairs).toContain('deploy-mended-worker');
    await untilShown((series) => (sounds('ProcessFails', series, before) ? true : undefined));

    stack.environment['WORKFLOW_BUNDLE'] = good;
    await stack.stop('worker');
  });

  test('no worker: reports are taken, WorkWaits sounds; one is started, and what waited is done', async () => {
    const waiting = await (await stack.person('specialist-a-h001')).report(aReport(9_001));
    await untilSounds('WorkWaits', true);
    await stack.start('worker');
    await until(stack, waiting, (state) => state.eligibility !== null);
    await untilSounds('WorkWaits', false);
  });
});

describe('operations.md “A certificate has expired” and “The disk is nearly full”', () => {
  const lines: string[] = [];
  let api: RunningApi, port: number, documents: string, good: Certificate, expired: Certificate;
  const mount = (...options: string[]): Promise<unknown> => run('mount', ['-t', 'tmpfs', '-o', ...options, 'tmpfs', documents]);

  beforeAll(async () => {
    documents = await mkdtemp(join(folder, 'documents-'));
    await mount('size=300m');
    [good, expired] = [await makeCertificate(folder, 1), await makeCertificate(folder, 0)];
    // Both are trusted: only the day of one is wrong.
    const roots = join(folder, 'roots.pem');
    await writeFile(roots, `${good.certificate}${expired.certificate}`);
    port = Number(new URL(stack.databaseUrl).port);
    await present(port, good);
    const address = `${stack.environment['API_DATABASE_URL']}?sslmode=verify-full&sslrootcert=${roots}`;
    const environment = { ...stack.environment, API_DATABASE_URL: address, API_PORT: String(await freePort()), STORE_DIR: documents };
    api = await startApi(readApiConfig(environment), createLog('api', 'info', { write: (line: string) => { lines.push(line); } }), environment);
  });
  afterAll(async () => {
    await api.stop();
    await run('umount', [documents]);
  });
  const ready = async (): Promise<unknown> => { const answer = await fetch(`${api.url}/readyz`); return [answer.status, ((await answer.json()) as { database: string }).database]; };

  test('PostgreSQL’s certificate expires: not ready, DatabaseAway sounds, the log says why; renewed on the running server, nothing is restarted', async () => {
    expect([await ready(), sounds('DatabaseAway', await look(api.url))]).toEqual([[200, 'answers'], false]);
    await present(port, expired);
    await untilSounds('DatabaseAway', true, api.url);
    expect(await ready()).toEqual([503, 'away']);
    const said = await eventually(() => Promise.resolve(lines.find((line) => line.includes('CERT_HAS_EXPIRED'))));
    expect(JSON.parse(said)).toMatchObject({ level: 'warn', msg: 'listening was interrupted; connecting again' });
    const refused = await fetch(`${api.url}/v1/tasks`, { headers: { authorization: `Bearer ${await token('reviewer-a-i001')}` } });
    expect([refused.status, refused.headers.get('retry-after'), ((await refused.json()) as { code: string }).code]).toEqual([503, '5', 'database-away']);

    await present(port, good);
    await untilSounds('DatabaseAway', false, api.url);
    expect(await ready()).toEqual([200, 'answers']);
  });

  test('little room for documents: DocumentsNearlyFull sounds before uploads are refused, and stops when there is room', async () => {
    await untilSounds('DocumentsNearlyFull', true, api.url);
    await mount('remount,size=20g');
    await untilSounds('DocumentsNearlyFull', false, api.url);
  });
});

test('operations.md “Stuck on a bug”: with the mended worker the claim goes on where it was, and the signs are gone', async () => {
  await until(stack, held.claimNo, (state) => state.eligibility !== null);
  await untilCause(held.claimNo, 'workflow-task-failing', false);
  const before = await look();
  await travel(stack, held, 'upload-documents', 'submit-facts');
  expect([(await stateOf(stack, held.claimNo)).stage, sounds('ProcessFails', await look(), before)]).toEqual(['documents', false]);
});

test('operations.md “Reconciliation”: RecordsDiffer sounds while a difference is open', async () => {
  await stack.database.difference.create({ data: { foundAt: new Date(), claimNo: held.claimNo, kind: 'state-differs', detail: {} } });
  await untilSounds('RecordsDiffer', true);
  // A round of the schedule may have found the claim that was planted.
  await stack.database.difference.updateMany({ where: { resolvedAt: null }, data: { resolvedAt: new Date() } });
  await untilSounds('RecordsDiffer', false);
});

test('each alarm names a section of the runbook that is there', async () => {
  const headings = (await readFile(join(__dirname, '../../docs/operations.md'), 'utf8')).split('\n').filter((line) => line.startsWith('#')).map((line) => line.replace(/^#+ /, ''));
  const sections = rulesOf('alerts.yml').map((rule) => /^docs\/operations\.md, "(.*)"$/.exec(rule.annotations?.runbook ?? '')?.[1]);
  expect(sections.filter((section) => section === undefined || !headings.includes(section))).toEqual([]);
});

test('every metric and label that a rule or a dashboard names was there', () => {
  expect(unknownIn(seen)).toEqual([]);
});
