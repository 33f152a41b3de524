/** What must hold of everything after whatever happened (I1–I8): asked of the database, the bank, the processes, and the log of acts. */
import { CLAIM_WORKFLOW, claimWorkflowId, dueOf, STATE, type ClaimState } from '../../src/domain/claim';
import { verifyAudit } from '../../src/platform/audit/verify';
import { rebuild } from '../../src/platform/claims/start';
import { asWorker } from '../../src/platform/database';
import type { SentAct } from './acts';
import { bankJournal, eventually } from './parties';
import type { TestStack } from './stack';

/** How long everything may take to come to rest once all parts are back. */
const REST_MS = 60_000;

/** Counts of what was checked, so that a test can see that there was something to check. */
export interface Checked { claims: number; events: number; acts: number; unknown: number; payments: number }

/** Throws (by expectation) at the first promise that was broken. All parts must be up. `byHand`: keys of payments that finance settled by the bank's papers. */
export async function checkEverything(stack: TestStack, byHand: readonly string[] = []): Promise<Checked> {
  const claims = await stack.database.claim.findMany({ select: { claimNo: true }, orderBy: { claimNo: 'asc' } });
  for (const { claimNo } of claims) await checkClaim(stack, claimNo);
  for (const act of stack.acts.acts) await checkAct(stack, act);
  const payments = await checkBank(stack, byHand);
  const audit = await verifyAudit(stack.database);
  expect(audit.broken).toBeNull();
  return { claims: audit.claims, events: audit.events, acts: stack.acts.acts.length, unknown: stack.acts.acts.filter((act) => act.answers.every(isUnknown)).length, payments };
}

/** Events rebuild the claim; read model, tasks and deadlines say the same; so does the process, or it has ended with the claim. */
async function checkClaim(stack: TestStack, claimNo: string): Promise<void> {
  await eventually(async () => {
    const { recorded, rebuilt, tasks, deadlines } = await asWorker(stack.database, async (tx) => ({
      recorded: (await tx.claim.findUniqueOrThrow({ where: { claimNo }, select: { state: true } })).state as unknown as ClaimState,
      rebuilt: await rebuild(tx, claimNo),
      tasks: await tx.task.findMany({ where: { claimNo, status: 'open' }, select: { id: true, assignee: true, dueAt: true } }),
      deadlines: await tx.deadline.findMany({ where: { claimNo }, select: { clock: true, dueAt: true, stoppedAt: true } }),
    }));
    const mustRun = recorded.stage !== 'closed' || recorded.tasks.length > 0;
    const handle = stack.temporal.workflow.getHandle(claimWorkflowId(claimNo));
    const running = await handle.describe().then((d) => d.status.name === 'RUNNING', () => false);
    if (running !== mustRun) return undefined;
    const inProcess = running ? await handle.query<ClaimState>(STATE).catch(() => null) : recorded;
    // What is being recorded at this moment stands in the process first.
    if (inProcess?.version !== recorded.version) return undefined;

    expect(plain(rebuilt)).toEqual(plain(recorded));
    expect(plain(inProcess)).toEqual(plain(recorded));
    expect(sorted(tasks.map((task) => task.id))).toEqual(sorted(recorded.tasks.map((task) => task.taskId)));
    for (const [clock, run] of Object.entries(recorded.clocks)) {
      const row = deadlines.find((deadline) => deadline.clock === clock);
      expect({ clock, dueAt: row?.dueAt?.toISOString() ?? null, stoppedAt: row?.stoppedAt?.toISOString() ?? null }).toEqual({ clock, dueAt: dueOf(recorded, run).dueAt, stoppedAt: run.stoppedAt });
    }
    return true;
  }, REST_MS).catch((error: unknown) => { throw new Error(`${CLAIM_WORKFLOW} ${claimNo}: ${error instanceof Error ? error.message : String(error)}`); });

  const rungs = await stack.database.claimEvent.findMany({ where: { claimNo, type: 'rung-climbed' }, select: { data: true } });
  const keys = rungs.map(({ data }) => (data as { key: string }).key);
  expect(keys).toEqual([...new Set(keys)]); // SPEC §1.6: each rung fires once
}

const isUnknown = ({ status }: SentAct['answers'][number]): boolean => status === null || status >= 500;
const isConflictOfBodies = ({ code }: SentAct['answers'][number]): boolean => code === 'same-id-other-body';

/** SPEC §3: an act that was answered stands once, a refused one not at all, and one without an answer comes to one outcome. */
async function checkAct(stack: TestStack, { key, account, claimNo, command, answers }: SentAct): Promise<void> {
  const about = `${command} ${key} by ${account} on ${claimNo ?? 'no claim'}`;
  const ok = answers.filter(({ status }) => status === 200 || status === 201);
  const kept = answers.some(({ status }) => status === 202);
  // The key belongs to another act, which is in the log as well.
  if (answers.every(isConflictOfBodies)) return;
  const refused = answers.filter((one) => !isUnknown(one) && one.status! >= 400 && !isConflictOfBodies(one));
  const { events, handled, row } = await eventually(async () => {
    const found = await asWorker(stack.database, async (tx) => ({
      events: await tx.claimEvent.findMany({ where: { actId: key, ...(claimNo ? { claimNo } : {}) }, select: { claimNo: true, version: true }, orderBy: { version: 'asc' } }),
      handled: claimNo ? ((await tx.claim.findUnique({ where: { claimNo }, select: { state: true } }))?.state as unknown as ClaimState | undefined)?.handled.filter((h) => h.id === key) ?? [] : [],
      row: claimNo ? await tx.act.findUnique({ where: { claimNo_id: { claimNo, id: key } }, select: { status: true } }) : null,
    }));
    // Written down as waiting at the moment in which it was done: the claim knows better.
    return found.row?.status === 'queued' && found.handled.length === 0 ? undefined : found;
  }, REST_MS).catch(() => { throw new Error(`${about}: still kept for a worker, though one is there`); });

  const once = events.length > 0 && events.at(-1)!.version - events[0]!.version + 1 === events.length && events.every((event) => event.claimNo === events[0]!.claimNo);
  const fail = (words: string): never => { throw new Error(`${about}: ${words}; answers ${answers.map((a) => `${a.status ?? 'none'}${a.code ? ` ${a.code}` : ''}`).join(', ')}; events ${events.map((e) => e.version).join(' ')}; row ${row?.status ?? 'none'}`); };
  if (ok.length > 0) {
    const reportedBefore = command === 'report' && ok.every(({ status }) => status === 200);
    if (!once && !reportedBefore) fail('answered as done, but it does not stand exactly once');
    if (new Set(ok.map(({ version }) => version)).size > 1) fail('its answers differ');
    if (!reportedBefore && ok[0]!.version !== events.at(-1)!.version) fail('its answer names another version than the record');
    if (refused.length > 0) fail('both done and refused');
    return;
  }
  if (refused.length > 0 && events.length > 0) fail('answered as refused, but it stands');
  if (events.length > 0 && !once) fail('nobody was answered, and it stands more than once');
  if (events.length > 0 && command !== 'report' && handled.length !== 1) fail('the claim does not know it as handled exactly once');
  if (kept && events.length === 0 && row?.status !== 'refused' && refused.length === 0) fail('kept for a worker, then lost');
}

/** SPEC §1.9: the bank moved money at most once per key, for payments of ours only, and for each that is confirmed. */
async function checkBank(stack: TestStack, byHand: readonly string[]): Promise<number> {
  const moved = (await bankJournal(stack.bankUrl)).flatMap((entry) => (entry.what === 'accepted' ? [entry.key] : []));
  expect(moved).toEqual([...new Set(moved)]);
  const payments = await stack.database.payment.findMany({ select: { key: true, status: true } });
  for (const key of moved) if (!byHand.includes(key)) expect(payments.map((payment) => payment.key)).toContain(key);
  for (const { key, status } of payments) if (status === 'confirmed' && !byHand.includes(key)) expect(moved).toContain(key);
  return moved.length;
}

/** As JSON keeps it, so that an absent field and an undefined one are the same. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const sorted = (list: string[]): string[] => [...list].sort();
