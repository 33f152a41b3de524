/** One claim as a person sees it: `GET /v1/claims/{claimNo}`. */
import * as z from 'zod';
import {
  allowed, checklist, CLOCKS, dueOf, grossDays, isPaused, outstandingFen, waitingFor, type Actor, type ClaimState,
} from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { namesOf } from './access';
import { givenRecordNo } from './report';
import { accountAs, seesAmounts, seesAssessment, seesClinical } from './sees';

const time = z.iso.datetime();
const ledgerDay = z.object({ day: z.iso.date(), kind: z.enum(['working', 'weekend', 'holiday', 'make-up']), counted: z.boolean(), n: z.int().nullable(), pausedBy: z.string().optional(), provisional: z.literal(true).optional() });

export const claimView = z.object({
  claimNo: z.string(), version: z.int(), stage: z.string(), stageSince: time, closedAs: z.string().nullable(), closedAt: time.nullable(), round: z.int(),
  tier: z.string().nullable(), hospital: z.string(), department: z.string(), insurer: z.string(), reportedAt: time, breached: z.boolean(),
  stuck: z.object({ cause: z.string(), since: time }).nullable(),
  waitingFor: z.array(z.string()).meta({ description: 'Roles and outside parties that owe something now' }),
  tasks: z.array(z.object({
    taskId: z.string(), kind: z.string(), roles: z.array(z.string()), assignee: z.string().nullable(), openedAt: time, about: z.string().nullable(),
    dueAt: time.nullable(), paused: z.boolean(), provisional: z.boolean(),
  })),
  clocks: z.array(z.object({
    clock: z.string(), name: z.enum(Object.keys(CLOCKS) as [string, ...string[]]), startedAt: time, stoppedAt: time.nullable(), paused: z.boolean(),
    pauses: z.array(z.object({ from: time, until: time.nullable(), by: z.string() })),
    dueAt: time.nullable(), provisional: z.boolean(), workingDays: z.int(), calendarVersion: z.string(), ledger: z.array(ledgerDay),
  })).meta({ description: 'Every clock with the ledger of its days (SPEC §1.5)' }),
  grossDays: z.number().meta({ description: 'Report to paid in days; never pauses (SPEC §1.5)' }),
  allowed: z.array(z.string()).meta({ description: 'Acts that you may do now, in this role' }),
  names: z.record(z.string(), z.string()).meta({ description: 'Names of the persons on this page, as far as the directory shows them to you' }),
  clinical: z.looseObject({}).nullable().meta({ description: 'Outcome, facts, checklist, documents, supplements; null for finance and operations' }),
  assessment: z.looseObject({}).nullable().meta({ description: "The insurer's assessment: flags, investigations, recommendation, proposals; null for the patient, finance and operations" }),
  amounts: z.looseObject({}).nullable().meta({ description: 'Asked, decided, payees, payments; null for operations' }),
  patient: z.object({ recordNo: z.string(), name: z.string(), sex: z.string().nullable(), birthDate: z.iso.date().nullable() }).nullable(),
}).meta({ id: 'Claim' });
export type ClaimView = z.infer<typeof claimView>;

/** Builds the view in the reader's own transaction: what row-level security hides stays away. `now` is an ISO time. */
export async function viewOf(tx: Tx, state: ClaimState, actor: Actor, now: string): Promise<ClaimView> {
  const clocks = Object.entries(state.clocks).map(([clock, run]) => {
    const { dueAt, provisional, workingDays, calendarVersion, ledger } = dueOf(state, run);
    return { clock, ...run, pauses: [...run.pauses], paused: isPaused(run), dueAt, provisional, workingDays, calendarVersion, ledger };
  });
  const tasks = state.tasks.map(({ clock, ...task }) => {
    const run = clocks.find((one) => one.clock === clock);
    return { ...task, dueAt: run?.dueAt ?? null, paused: run?.paused ?? false, provisional: run?.provisional ?? false };
  });
  const persons = [...state.tasks.map((task) => task.assignee), state.lastAct?.by, state.decision?.by, state.recommendation?.by].filter((one): one is string => typeof one === 'string');
  const patient = seesClinical(actor) ? await tx.patient.findUnique({ where: { id: state.patientId } }) : null;
  return {
    claimNo: state.claimNo, version: state.version, stage: state.stage, stageSince: state.stageSince, closedAs: state.closedAs, closedAt: state.closedAt, round: state.round,
    tier: state.tier, hospital: state.hospital, department: state.department, insurer: state.insurer, reportedAt: state.reportedAt, breached: state.breached, stuck: state.stuck,
    waitingFor: waitingFor(state), tasks, clocks, grossDays: grossDays(state, now), allowed: allowed(state, actor, now),
    names: await namesOf(tx, persons),
    clinical: seesClinical(actor) ? await clinicalOf(tx, state) : null,
    assessment: seesAssessment(actor) ? assessmentOf(state) : null,
    amounts: seesAmounts(actor) ? await amountsOf(tx, state, actor) : null,
    patient: patient && { recordNo: givenRecordNo(patient.recordNo), name: patient.name, sex: patient.sex, birthDate: patient.birthDate?.toISOString().slice(0, 10) ?? null },
  };
}

async function clinicalOf(tx: Tx, state: ClaimState): Promise<Record<string, unknown>> {
  const rows = await tx.document.findMany({ where: { claimNo: state.claimNo }, select: { id: true, fileName: true, status: true, kind: true, bytes: true, mediaType: true, uploadedAt: true, flags: true } });
  const file = new Map(rows.map((row) => [row.id, row]));
  const { outcomeType, occurredAt, surgeryAt, facts, fileVersion, gaps, waived, dispute } = state;
  const supplements = await withReasons(tx, state);
  return {
    outcomeType, occurredAt, surgeryAt, facts, fileVersion, gaps, waived, supplements, dispute,
    checklist: checklist(state),
    documents: state.documents.map((d) => ({ ...d, fileName: file.get(d.documentId)?.fileName ?? null, inspection: file.get(d.documentId)?.flags ?? [] })),
    // Uploaded, not yet part of the file.
    uploads: rows.filter((row) => row.status === 'stored').map((row) => ({ documentId: row.id, kind: row.kind, fileName: row.fileName, bytes: Number(row.bytes), mediaType: row.mediaType, uploadedAt: row.uploadedAt.toISOString() })),
  };
}

/** Supplement requests, each item with why it was asked: free text, which stands beside the event and not in the state. */
async function withReasons(tx: Tx, { claimNo, supplements }: ClaimState) {
  if (supplements.length === 0) return [];
  const rows = await tx.claimEvent.findMany({ where: { claimNo, type: 'supplement-asked' }, select: { personal: { select: { content: true } } } });
  const why = Object.assign({}, ...rows.map((row) => (row.personal?.content as { why?: Record<string, string> } | undefined)?.why)) as Record<string, string>;
  return supplements.map((request) => ({ ...request, items: request.items.map((item) => ({ ...item, why: why[item.itemId] ?? null })) }));
}

const assessmentOf = ({ flags, investigations, recommendation, eligibility, sample, proposals, acceptance, seenBy, survivor }: ClaimState): Record<string, unknown> =>
  ({ flags, investigations, recommendation, eligibility, sample, proposals, acceptance, seenBy, survivor });

async function amountsOf(tx: Tx, state: ClaimState, actor: Actor): Promise<Record<string, unknown>> {
  const accounts = await tx.payee.findMany({ where: { claimNo: state.claimNo }, select: { id: true, holder: true, bank: true, account: true } });
  const { askedFen, paidFen, payees, payments, decision } = state;
  return {
    askedFen, paidFen, outstandingFen: outstandingFen(state), payments,
    decision: decision && (seesClinical(actor) ? decision : { decision: decision.decision, lines: decision.lines, at: decision.at, by: decision.by }),
    payees: payees && {
      ...payees,
      list: payees.list.map((payee) => {
        const account = accounts.find((one) => one.id === payee.payeeId);
        return { ...payee, holder: account?.holder ?? null, bank: account?.bank ?? null, account: account ? accountAs(actor, account.account) : null };
      }),
    },
  };
}
