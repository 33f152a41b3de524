/**
 * The one way in which what happened to a claim is written down: events into the hash-chained log, and the claim, its tasks,
 * deadlines, payments and notices beside it, all in the caller's transaction (DESIGN, idea 4).
 */
import { randomUUID } from 'node:crypto';
import { dueOf, instant, isPaused, nextDeadline, noticesOf, waitingFor, evolve, type ClaimEvent, type ClaimState } from '../../domain/claim';
import { canonicalJson } from '../audit/canonical';
import { eventHash, firstPrevHash, personalHash } from '../audit/chain';
import type { Tx } from '../database';
import { Prisma } from '../database/generated/client';

/** The kind of outbox rows that a worker with the eraser's role takes. */
export const ERASE_KIND = 'erase';

/** Events of one claim, in order, and the claim's state after the last of them. */
export interface Recording {
  claimNo: string;
  events: ClaimEvent[];
  state: ClaimState;
  /** With a first report: what finds a second report of the same event. */
  naturalKey?: string;
}

/**
 * Records events and brings the read model up to `state`. Guarded by version: what is recorded already changes nothing, so a
 * repeated or late write is harmless; a gap throws, because it would hide an event. Answers null when the record now ends as `state`
 * says; where other events stand in these places, or later ones, nothing is written and the recorded state is answered: it is the truth.
 */
export async function recordEvents(tx: Tx, { claimNo, naturalKey, ...given }: Recording): Promise<ClaimState | null> {
  const { events, state } = keepable(given);
  const isReport = isFirst(events);
  const [row] = isReport ? [] : await tx.$queryRaw<Array<{ version: number; hash: string; state: ClaimState; actors: string[] | null }>>`
    SELECT c.version, c.state, c.actors, (SELECT e.hash FROM claim_event e WHERE e.claim_no = c.claim_no AND e.version = c.version) AS hash
    FROM claim c WHERE c.claim_no = ${claimNo} FOR UPDATE`;
  if (!isReport && !row) throw new Error(`${claimNo} has no row to record on`);
  const recorded = row?.version ?? 0;
  const fresh = events.filter((event) => event.version > recorded);
  const known = events.slice(0, events.length - fresh.length);
  if (row && (recorded > state.version || (known.length > 0 && !(await stand(tx, claimNo, known))))) return row.state;
  if (fresh.length === 0) return null;
  if (fresh[0]!.version !== recorded + 1) throw new Error(`${claimNo}: event ${fresh[0]!.version} cannot follow ${recorded}`);

  const actors = [...new Set([...row?.actors ?? [], ...fresh.flatMap((e) => (e.actor.role === 'system' ? [] : [e.actor.personId]))])];
  if (isReport) await insertClaim(tx, state, actors, naturalKey ?? claimNo);
  await appendToLog(tx, state, fresh, row?.hash ?? firstPrevHash(claimNo));
  if (!isReport) await updateClaim(tx, state, actors);
  await keepTasks(tx, state, fresh);
  await keepDeadlines(tx, state, fresh);
  await keepPayments(tx, state, fresh);
  await keepDocuments(tx, state, fresh);
  await keepErasures(tx, state, fresh);
  await keepNotices(tx, state, fresh, row?.state ?? null);
  if (!isReport) await tx.act.updateMany({ where: { claimNo, id: { in: [...new Set(fresh.map((e) => e.act.id))] }, status: 'queued' }, data: { status: 'done' } });
  await tx.$executeRaw`SELECT pg_notify('claim_changed', ${`${claimNo} ${state.version}`})`;
  return null;
}

/**
 * What PostgreSQL can keep. Whatever has come so far has happened: a character or a said time that slipped through a schema must not
 * stop the claim for ever, so it is kept as the replacement character, or not at all.
 */
function keepable({ events, state }: Pick<Recording, 'events' | 'state'>): Pick<Recording, 'events' | 'state'> {
  const timed = events.map((e) => (e.saidAt === null || instant.safeParse(e.saidAt).success ? e : { ...e, saidAt: null }));
  const text = JSON.stringify({ events: timed, state });
  if (!/\\u(0000|d[89a-f])/i.test(text)) return { events: timed, state };
  return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? value.replace(/[\p{Surrogate}\u0000]/gu, '\uFFFD') : value)) as Pick<Recording, 'events' | 'state'>;
}

/** Do exactly these events stand in the log? What is personal in them follows from the act, which is compared by its digest. */
async function stand(tx: Tx, claimNo: string, events: ClaimEvent[]): Promise<boolean> {
  const rows = await tx.claimEvent.findMany({ where: { claimNo, version: { in: events.map((e) => e.version) } }, select: { version: true, type: true, at: true, actId: true, actHash: true, data: true } });
  return events.every((e) => rows.some((row) => row.version === e.version && row.type === e.type && row.at.toISOString() === e.at
    && row.actId === e.act.id && row.actHash === e.act.hash && canonicalJson(row.data) === canonicalJson(e.data)));
}

/** A report: everything is new, and the API that records it may insert but not change. */
const isFirst = (events: ClaimEvent[]): boolean => events[0]?.type === 'claim-reported';

const tenant = (state: ClaimState) => ({ claimNo: state.claimNo, hospital: state.hospital, department: state.department, insurer: state.insurer });
const json = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;

/** What lists filter and sort by. */
function columns(state: ClaimState) {
  const next = nextDeadline(state);
  return {
    stage: state.stage, tier: state.tier, outcomeType: state.outcomeType, closedAs: state.closedAs, waitingFor: waitingFor(state),
    nextDeadline: next?.at ?? null, provisional: next?.provisional ?? false, breached: state.breached, stuck: state.stuck !== null, stuckCause: state.stuck?.cause ?? null, flagged: state.flags.length > 0,
    version: state.version, state: json(state), occurredAt: state.occurredAt, closedAt: state.closedAt,
    askedFen: state.askedFen, approvedFen: state.decision ? state.decision.lines.reduce((sum, l) => sum + l.approvedFen, 0) : null, paidFen: state.paidFen,
    mediators: state.mediators, survivor: state.survivor,
  };
}

async function insertClaim(tx: Tx, state: ClaimState, actors: string[], naturalKey: string): Promise<void> {
  await tx.claim.create({
    data: { ...tenant(state), ...columns(state), actors, patientId: state.patientId, patientPersonId: state.patientPersonId, reportedAt: state.reportedAt, surgeryAt: state.surgeryAt, naturalKey },
    select: { claimNo: true },
  });
}

async function updateClaim(tx: Tx, state: ClaimState, actors: string[]): Promise<void> {
  await tx.claim.updateMany({ where: { claimNo: state.claimNo }, data: { ...columns(state), actors } });
}

async function appendToLog(tx: Tx, state: ClaimState, events: ClaimEvent[], lastHash: string): Promise<void> {
  let prevHash = lastHash;
  const personalRows: Prisma.ClaimEventPersonalCreateManyInput[] = [];
  const rows = events.map((e): Prisma.ClaimEventCreateManyInput => {
    const personal = e.personal === undefined ? null : { salt: randomUUID(), content: e.personal };
    const covered = {
      ...tenant(state), version: e.version, type: e.type, at: e.at, saidAt: e.saidAt, receivedAt: e.at, actId: e.act.id, actHash: e.act.hash,
      // The command stands with the actor: who did what.
      actor: { ...e.actor, command: e.act.command }, data: e.data as unknown, personalHash: personal ? personalHash(personal) : null,
    };
    if (personal) personalRows.push({ ...tenant(state), version: e.version, salt: personal.salt, content: json(personal.content) });
    const hash = eventHash(prevHash, covered);
    const row = { ...covered, actor: json(covered.actor), data: json(covered.data), prevHash, hash };
    prevHash = hash;
    return row;
  });
  await tx.claimEvent.createMany({ data: rows });
  if (personalRows.length > 0) await tx.claimEventPersonal.createMany({ data: personalRows });
}

/** Every open task as it now stands, and how those that were closed ended. One statement. */
async function keepTasks(tx: Tx, state: ClaimState, events: ClaimEvent[]): Promise<void> {
  const open = state.tasks.map((task) => {
    const run = state.clocks[task.clock];
    const due = run ? dueOf(state, run) : null;
    return {
      id: task.taskId, kind: task.kind, roles: task.roles, assignee: task.assignee, opened_at: task.openedAt, due_at: due?.dueAt ?? null, provisional: due?.provisional ?? false,
      status: 'open', outcome: null as string | null, closed_at: null as string | null, closed_by: null as string | null, breached: state.climbed.includes(`${task.clock}/breach`),
    };
  });
  const opened = new Map(events.flatMap((e) => (e.type === 'task-opened' ? [[e.data.taskId, e] as const] : [])));
  const closed = events.flatMap((e) => {
    if (e.type !== 'task-closed') return [];
    const born = opened.get(e.data.taskId);
    return [{
      id: e.data.taskId, kind: born?.data.kind ?? '', roles: born?.data.roles ?? [], assignee: born?.data.assignee ?? null, opened_at: born?.at ?? e.at, due_at: null, provisional: false,
      status: e.data.done ? 'done' : 'cancelled', outcome: e.act.command, closed_at: e.at, closed_by: e.actor.personId, breached: false,
    }];
  });
  await tx.$executeRaw`
    INSERT INTO task (id, claim_no, kind, roles, assignee, opened_at, due_at, provisional, status, outcome, closed_at, closed_by, breached, hospital, department, insurer)
    SELECT id, ${state.claimNo}, kind, ARRAY(SELECT jsonb_array_elements_text(roles)), assignee, opened_at, due_at, provisional, status, outcome, closed_at, closed_by, breached,
           ${state.hospital}, ${state.department}, ${state.insurer}
    FROM jsonb_to_recordset(${JSON.stringify([...open, ...closed])}::jsonb) AS t(id text, kind text, roles jsonb, assignee text, opened_at timestamptz, due_at timestamptz,
         provisional boolean, status text, outcome text, closed_at timestamptz, closed_by text, breached boolean)
    ${isFirst(events) ? Prisma.empty : Prisma.sql`ON CONFLICT (id) DO UPDATE SET status = EXCLUDED.status, outcome = EXCLUDED.outcome, closed_at = EXCLUDED.closed_at, closed_by = EXCLUDED.closed_by,
      assignee = CASE WHEN EXCLUDED.status = 'open' THEN EXCLUDED.assignee ELSE task.assignee END,
      due_at = CASE WHEN EXCLUDED.status = 'open' THEN EXCLUDED.due_at ELSE task.due_at END,
      provisional = EXCLUDED.provisional, breached = task.breached OR EXCLUDED.breached`}`;
}

/** Every clock with its due date and its ledger; rows that did not change are left alone. One statement. */
async function keepDeadlines(tx: Tx, state: ClaimState, events: ClaimEvent[]): Promise<void> {
  const clocks = Object.entries(state.clocks).map(([clock, run]) => {
    const due = dueOf(state, run);
    return { clock, started_at: run.startedAt, due_at: due.dueAt, provisional: due.provisional, paused: isPaused(run), stopped_at: run.stoppedAt, calendar_version: due.calendarVersion, ledger: due.ledger };
  });
  await tx.$executeRaw`
    INSERT INTO deadline AS d (claim_no, clock, started_at, due_at, provisional, paused, stopped_at, calendar_version, ledger, hospital, department, insurer)
    SELECT ${state.claimNo}, clock, started_at, due_at, provisional, paused, stopped_at, calendar_version, ledger, ${state.hospital}, ${state.department}, ${state.insurer}
    FROM jsonb_to_recordset(${JSON.stringify(clocks)}::jsonb) AS t(clock text, started_at timestamptz, due_at timestamptz, provisional boolean, paused boolean,
         stopped_at timestamptz, calendar_version text, ledger jsonb)
    ${isFirst(events) ? Prisma.empty : Prisma.sql`ON CONFLICT (claim_no, clock) DO UPDATE SET due_at = EXCLUDED.due_at, provisional = EXCLUDED.provisional, paused = EXCLUDED.paused,
      stopped_at = EXCLUDED.stopped_at, calendar_version = EXCLUDED.calendar_version, ledger = EXCLUDED.ledger
    WHERE (d.due_at, d.paused, d.stopped_at, d.calendar_version) IS DISTINCT FROM (EXCLUDED.due_at, EXCLUDED.paused, EXCLUDED.stopped_at, EXCLUDED.calendar_version)`}`;
}

/** Payees with their accounts (kept nowhere in the claim's state), and payments as they stand. */
async function keepPayments(tx: Tx, state: ClaimState, events: ClaimEvent[]): Promise<void> {
  const payees = events.flatMap((e) => (e.type === 'payee-set' ? ((e.personal?.payees ?? []) as Array<{ payeeId: string; holder: string; bank: string; account: string }>)
    .map((p) => ({ ...tenant(state), id: p.payeeId, holder: p.holder, bank: p.bank, account: p.account, createdBy: e.actor.personId })) : []));
  if (payees.length > 0) await tx.payee.createMany({ data: payees });
  const touched = events.some((e) => e.type.startsWith('payment-') || e.type === 'bank-answer-raised');
  if (!touched) return;
  for (const p of state.payments) {
    const confirmed = events.find((e) => e.type === 'payment-confirmed' && e.data.key === p.key);
    const raised = events.flatMap((e) => (e.type === 'bank-answer-raised' && e.data.key === p.key ? [e.data] : []));
    const now = { status: p.status, amountFen: p.amountFen, checkedBy: p.checkedBy, bankReference: p.bankReference, ...(confirmed ? { confirmedAt: confirmed.at } : {}), ...(raised.length > 0 ? { raised: json(raised) } : {}) };
    await tx.payment.upsert({
      where: { key: p.key }, update: now,
      create: { ...tenant(state), key: p.key, sequence: p.sequence, payeeId: p.payeeId, benefit: p.benefit, madeBy: p.madeBy, ...now },
      select: { key: true },
    });
  }
}

/** Documents that joined the file; the same hash in another claim, or a doubt from inspection, is raised as a flag by the outbox. */
async function keepDocuments(tx: Tx, state: ClaimState, events: ClaimEvent[]): Promise<void> {
  for (const e of events) {
    if (e.type !== 'document-attached') continue;
    const { documentId, kind, supersedes, sha256 } = e.data;
    await tx.document.updateMany({ where: { id: documentId, claimNo: state.claimNo }, data: { status: 'attached', kind, supersedes, attachedAt: e.at } });
    const [found] = await tx.$queryRaw<Array<{ elsewhere: boolean; doubtful: boolean }>>`
      SELECT EXISTS (SELECT FROM document WHERE sha256 = ${sha256} AND claim_no <> ${state.claimNo} AND status = 'attached') AS elsewhere,
             EXISTS (SELECT FROM document WHERE id = ${documentId}::uuid AND cardinality(flags) > 0) AS doubtful`;
    const flags = [...(found?.elsewhere ? ['duplicate-file'] : []), ...(found?.doubtful ? ['unreadable-file'] : [])];
    for (const flag of flags) {
      await tx.outbox.createMany({ data: [{ ...tenant(state), kind: 'deliver', key: `${flag}:${documentId}`, payload: json({ by: 'storage', command: 'flag-document', input: { flag, about: documentId } }) }], skipDuplicates: true });
    }
  }
}

/** What an event rules to be erased is removed after it, by the one role that may (src/platform/retention/erase.ts). */
async function keepErasures(tx: Tx, state: ClaimState, events: ClaimEvent[]): Promise<void> {
  const ruled = events.flatMap((e) => (e.type === 'data-erased' ? [e.data.what] : []));
  if (ruled.length > 0) await tx.outbox.createMany({ data: ruled.map((what) => ({ ...tenant(state), kind: ERASE_KIND, key: `erase:${state.claimNo}:${what}`, payload: json({ what }) })), skipDuplicates: true });
}

/** Notices go into the outbox with the events that cause them, each under a key of its own. */
async function keepNotices(tx: Tx, state: ClaimState, events: ClaimEvent[], before: ClaimState | null): Promise<void> {
  let after = before;
  const notices = events.flatMap((event) => {
    after = evolve(after, event);
    return noticesOf(event, after).map((notice) => ({ notice, at: event.at }));
  });
  if (notices.length === 0) return;
  await tx.notice.createMany({
    data: notices.map(({ notice: n, at }) => ({ ...tenant(state), key: n.key, template: n.template, toRole: n.to.role, toPerson: n.to.personId, params: json(n.params), createdAt: at })), skipDuplicates: true,
  });
  await tx.outbox.createMany({ data: notices.map(({ notice }) => ({ ...tenant(state), kind: 'notice', key: notice.key, payload: json(notice) })), skipDuplicates: true });
}
