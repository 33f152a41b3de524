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
  const { rows, personal } = chained(state, fresh, row?.hash ?? firstPrevHash(claimNo));
  await write(tx, state, fresh, { rows, actors, notices: noticesSince(row?.state ?? null, fresh) });
  if (personal.length > 0) await tx.claimEventPersonal.createMany({ data: personal });
  await keepPayments(tx, state, fresh);
  await keepDocuments(tx, state, fresh);
  await keepErasures(tx, state, fresh);
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

/** The rows of the log, each bound to the one before, and the personal parts that stand apart. */
function chained(state: ClaimState, events: ClaimEvent[], lastHash: string): { rows: object[]; personal: Prisma.ClaimEventPersonalCreateManyInput[] } {
  let prevHash = lastHash;
  const personal: Prisma.ClaimEventPersonalCreateManyInput[] = [];
  const rows = events.map((e) => {
    const part = e.personal === undefined ? null : { salt: randomUUID(), content: e.personal };
    const covered = {
      ...tenant(state), version: e.version, type: e.type, at: e.at, saidAt: e.saidAt, receivedAt: e.at, actId: e.act.id, actHash: e.act.hash,
      // The command stands with the actor: who did what.
      actor: { ...e.actor, command: e.act.command }, data: e.data as unknown, personalHash: part ? personalHash(part) : null,
    };
    if (part) personal.push({ ...tenant(state), version: e.version, salt: part.salt, content: json(part.content) });
    const row = { ...covered, prevHash, hash: eventHash(prevHash, covered) };
    prevHash = row.hash;
    return row;
  });
  return { rows, personal };
}

/**
 * The log, the claim with its tasks and clocks, acts that waited, notices, and the word to whoever looks on: one statement, because an act is
 * answered when it has come back, and each further one costs as much again (bench/RESULTS.md).
 */
async function write(tx: Tx, state: ClaimState, events: ClaimEvent[], { rows, actors, notices }: { rows: object[]; actors: string[]; notices: object[] }): Promise<void> {
  const { claimNo, hospital, department, insurer } = state;
  const first = isFirst(events);
  const house = Prisma.sql`${hospital}, ${department}, ${insurer}`;
  await tx.$executeRaw`
    WITH logged AS (
      INSERT INTO claim_event (claim_no, version, type, at, said_at, received_at, act_id, act_hash, actor, data, personal_hash, prev_hash, hash, hospital, department, insurer)
      SELECT ${claimNo}, version, type, at, "saidAt", "receivedAt", "actId", "actHash", actor, data, "personalHash", "prevHash", hash, ${house}
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS e(version int, type text, at timestamptz, "saidAt" timestamptz, "receivedAt" timestamptz, "actId" text, "actHash" text,
           actor jsonb, data jsonb, "personalHash" text, "prevHash" text, hash text)
    ), ${first ? Prisma.empty : Prisma.sql`brought AS (
      UPDATE claim SET stage = n.stage, tier = n.tier, outcome_type = n."outcomeType", closed_as = n."closedAs", waiting_for = ARRAY(SELECT jsonb_array_elements_text(n."waitingFor")),
        next_deadline = n."nextDeadline", provisional = n.provisional, breached = n.breached, stuck = n.stuck, stuck_cause = n."stuckCause", flagged = n.flagged, version = n.version, state = n.state,
        occurred_at = n."occurredAt", closed_at = n."closedAt", asked_fen = n."askedFen", approved_fen = n."approvedFen", paid_fen = n."paidFen",
        mediators = ARRAY(SELECT jsonb_array_elements_text(n.mediators)), survivor = n.survivor, updated_at = now(), actors = ARRAY(SELECT jsonb_array_elements_text(n.actors))
      FROM jsonb_to_record(${JSON.stringify({ ...columns(state), actors })}::jsonb) AS n(stage text, tier text, "outcomeType" text, "closedAs" text, "waitingFor" jsonb, "nextDeadline" timestamptz,
           provisional boolean, breached boolean, stuck boolean, "stuckCause" text, flagged boolean, version int, state jsonb, "occurredAt" timestamptz, "closedAt" timestamptz, "askedFen" bigint,
           "approvedFen" bigint, "paidFen" bigint, mediators jsonb, survivor text, actors jsonb)
      WHERE claim_no = ${claimNo}
    ), waited AS (
      UPDATE act SET status = 'done' WHERE claim_no = ${claimNo} AND id = ANY (${[...new Set(events.map((e) => e.act.id))]}) AND status = 'queued'
    ),`} ${tasks(state, events)}, ${deadlines(state, events)}, ${notices.length === 0 ? Prisma.empty : Prisma.sql`noticed AS (
      INSERT INTO notice (claim_no, key, template, to_role, to_person, params, created_at, hospital, department, insurer)
      SELECT ${claimNo}, key, template, "to" ->> 'role', "to" ->> 'personId', params, at, ${house}
      FROM jsonb_to_recordset(${JSON.stringify(notices)}::jsonb) AS n(key text, template text, "to" jsonb, params jsonb, at timestamptz) ON CONFLICT DO NOTHING
    ), told AS (
      INSERT INTO outbox (kind, key, claim_no, payload, hospital, department, insurer)
      SELECT 'notice', n.notice ->> 'key', ${claimNo}, n.notice - 'at', ${house} FROM jsonb_array_elements(${JSON.stringify(notices)}::jsonb) AS n(notice) ON CONFLICT DO NOTHING
    ),`} said AS (SELECT pg_notify('claim_changed', ${[claimNo, state.version, events.at(-1)!.at, hospital, insurer].map(encodeURIComponent).join(' ')}))
    SELECT FROM said`;
}

/** Every open task as it now stands, and how those that were closed ended. */
function tasks(state: ClaimState, events: ClaimEvent[]): Prisma.Sql {
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
  return Prisma.sql`owed AS (
    INSERT INTO task (id, claim_no, kind, roles, assignee, opened_at, due_at, provisional, status, outcome, closed_at, closed_by, breached, hospital, department, insurer)
    SELECT id, ${state.claimNo}, kind, ARRAY(SELECT jsonb_array_elements_text(roles)), assignee, opened_at, due_at, provisional, status, outcome, closed_at, closed_by, breached,
           ${state.hospital}, ${state.department}, ${state.insurer}
    FROM jsonb_to_recordset(${JSON.stringify([...open, ...closed])}::jsonb) AS t(id text, kind text, roles jsonb, assignee text, opened_at timestamptz, due_at timestamptz,
         provisional boolean, status text, outcome text, closed_at timestamptz, closed_by text, breached boolean)
    ${isFirst(events) ? Prisma.empty : Prisma.sql`ON CONFLICT (id) DO UPDATE SET status = EXCLUDED.status, outcome = EXCLUDED.outcome, closed_at = EXCLUDED.closed_at, closed_by = EXCLUDED.closed_by,
      assignee = CASE WHEN EXCLUDED.status = 'open' THEN EXCLUDED.assignee ELSE task.assignee END,
      due_at = CASE WHEN EXCLUDED.status = 'open' THEN EXCLUDED.due_at ELSE task.due_at END,
      provisional = EXCLUDED.provisional, breached = task.breached OR EXCLUDED.breached`})`;
}

/** Every clock with its due date and its ledger; rows that did not change are left alone. */
function deadlines(state: ClaimState, events: ClaimEvent[]): Prisma.Sql {
  const clocks = Object.entries(state.clocks).map(([clock, run]) => {
    const due = dueOf(state, run);
    return { clock, started_at: run.startedAt, due_at: due.dueAt, provisional: due.provisional, paused: isPaused(run), stopped_at: run.stoppedAt, calendar_version: due.calendarVersion, ledger: due.ledger };
  });
  return Prisma.sql`clocked AS (
    INSERT INTO deadline AS d (claim_no, clock, started_at, due_at, provisional, paused, stopped_at, calendar_version, ledger, hospital, department, insurer)
    SELECT ${state.claimNo}, clock, started_at, due_at, provisional, paused, stopped_at, calendar_version, ledger, ${state.hospital}, ${state.department}, ${state.insurer}
    FROM jsonb_to_recordset(${JSON.stringify(clocks)}::jsonb) AS t(clock text, started_at timestamptz, due_at timestamptz, provisional boolean, paused boolean,
         stopped_at timestamptz, calendar_version text, ledger jsonb)
    ${isFirst(events) ? Prisma.empty : Prisma.sql`ON CONFLICT (claim_no, clock) DO UPDATE SET due_at = EXCLUDED.due_at, provisional = EXCLUDED.provisional, paused = EXCLUDED.paused,
      stopped_at = EXCLUDED.stopped_at, calendar_version = EXCLUDED.calendar_version, ledger = EXCLUDED.ledger
    WHERE (d.due_at, d.paused, d.stopped_at, d.calendar_version) IS DISTINCT FROM (EXCLUDED.due_at, EXCLUDED.paused, EXCLUDED.stopped_at, EXCLUDED.calendar_version)`})`;
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

/** The notices that events cause, each under a key of its own, with the time of its event. */
function noticesSince(before: ClaimState | null, events: ClaimEvent[]): object[] {
  let after = before;
  return events.flatMap((event) => {
    after = evolve(after, event);
    return noticesOf(event, after).map((notice) => ({ ...notice, at: event.at }));
  });
}
