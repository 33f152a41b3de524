/** One claim as a person sees it: `GET /v1/claims/{claimNo}`. */
import {
  actsHere, allowed, checklist, dueOf, grossDays, isPaused, letterOf, mayActFor, mayHandOver, notNow, oneAsk, outstandingFen, plainOf, reasonOf, SEATS, waitingFor, type Actor, type ClaimState, type Text,
} from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { namesOf } from './access';
import { erasureOf, type Keeps } from '../../domain/retention';
import { contactOf } from './contact';
import { relatedOf } from './related';
import { givenRecordNo } from './report';
import { retentionOf } from './retention';
import { accountAs, seesAmounts, seesAssessment, seesClinical, seesRelated, withoutReasons } from './sees';
import type { ClaimView } from './view-schema';

type Part<K extends keyof ClaimView> = NonNullable<ClaimView[K]>;

/** Builds the view in the reader's own transaction: what row-level security hides stays away. `now` is an ISO time. */
export async function viewOf(tx: Tx, state: ClaimState, actor: Actor, now: string, keeps: Keeps): Promise<ClaimView> {
  const clocks = Object.entries(state.clocks).map(([clock, run]) => {
    const { dueAt, provisional, workingDays, calendarVersion, ledger } = dueOf(state, run);
    return { clock, ...run, seat: SEATS.find((seat) => run.name === 'panel' && clock.endsWith(`.${seat}`)) ?? null, pauses: [...run.pauses], paused: isPaused(run), dueAt, provisional, workingDays, calendarVersion, ledger };
  });
  const may = allowed(state, actor, now);
  const tasks = state.tasks.map((task) => {
    const run = clocks.find((one) => one.clock === task.clock);
    return { ...task, dueAt: run?.dueAt ?? null, paused: run?.paused ?? false, provisional: run?.provisional ?? false, handOver: may.includes('reassign-task') && mayHandOver(actor.role, task), standIn: mayActFor(actor, task) };
  });
  const clinical = seesClinical(actor);
  const patient = clinical && erasureOf(state, 'person') === null ? await tx.patient.findUnique({ where: { id: state.patientId } }) : null;
  const contact = clinical ? await contactOf(tx, state) : null;
  const proposals = await proposalsOf(tx, state);
  return {
    claimNo: state.claimNo, version: state.version, stage: state.stage, stageSince: state.stageSince, closedAs: state.closedAs, closedAt: state.closedAt, round: state.round,
    tier: state.tier, hospital: state.hospital, department: state.department, insurer: state.insurer, reportedAt: state.reportedAt, breached: state.breached, stuck: state.stuck,
    waitingFor: waitingFor(state) as Part<'waitingFor'>, tasks, clocks, grossDays: grossDays(state, now),
    allowed: may, acts: actsHere(state, actor, now), notNow: notNow(state, actor, now),
    names: await namesOf(tx, personsOf(state)),
    plain: clinical ? plainOf(state, now) : null,
    contact, letter: clinical && seesAmounts(actor) ? letterOf(state, contact) : null,
    related: seesRelated(actor) ? await relatedOf(tx, state) : null,
    retention: retentionOf(state, actor, keeps, now),
    clinical: clinical ? await clinicalOf(tx, state) : null,
    assessment: seesAssessment(actor) ? assessmentOf(state, actor, now, proposals) : null,
    amounts: seesAmounts(actor) ? await amountsOf(tx, state, actor, proposals) : null,
    patient: patient && { recordNo: givenRecordNo(patient.recordNo), name: patient.name, sex: patient.sex, birthDate: patient.birthDate?.toISOString().slice(0, 10) ?? null },
  };
}

const personsOf = (state: ClaimState): string[] =>
  [
    ...state.tasks.map((task) => task.assignee), state.lastAct?.by, state.decision?.by, state.recommendation?.by, state.recommendation?.proposedBy, state.acceptance?.by, state.payees?.setBy, state.payees?.confirmedBy,
    ...state.proposals.map((one) => one.by), ...(state.holds ?? []).map((one) => one.by), ...state.payments.flatMap((one) => [one.madeBy, one.checkedBy]), ...state.documents.map((one) => one.by), ...state.supplements.map((one) => one.askedBy),
  ].filter((one): one is string => typeof one === 'string');

async function clinicalOf(tx: Tx, state: ClaimState): Promise<Part<'clinical'>> {
  // From the event on, before the last byte is gone: what is erased is nobody's to see.
  const rows = erasureOf(state, 'file') !== null ? [] : await tx.document.findMany({ where: { claimNo: state.claimNo }, select: { id: true, fileName: true, status: true, kind: true, bytes: true, mediaType: true, sha256: true, uploadedAt: true, flags: true } });
  const file = new Map(rows.map((row) => [row.id, row]));
  const { outcomeType, occurredAt, surgeryAt, facts, fileVersion, gaps, waived, dispute } = state;
  type Clinical = Part<'clinical'>;
  return {
    outcomeType, occurredAt, surgeryAt, facts, fileVersion, gaps: gaps as Clinical['gaps'], waived, supplements: await withReasons(tx, state), dispute,
    checklist: checklist(state),
    documents: state.documents.map((d) => ({ ...d, fileName: file.get(d.documentId)?.fileName ?? null, inspection: file.get(d.documentId)?.flags ?? [] })),
    uploads: rows.filter((row) => row.status === 'stored').map((row) => ({
      documentId: row.id, kind: row.kind as Clinical['uploads'][number]['kind'], fileName: row.fileName, bytes: Number(row.bytes), mediaType: row.mediaType, sha256: row.sha256, uploadedAt: row.uploadedAt.toISOString(),
    })),
  };
}

/** Supplement requests, each item with why it was asked: a proposed reason by its code, or own words, which stand beside the event and not in the state. */
async function withReasons(tx: Tx, state: ClaimState): Promise<Part<'clinical'>['supplements']> {
  const { claimNo, supplements } = state;
  if (supplements.length === 0) return [];
  const rows = erasureOf(state, 'file') !== null ? [] : await tx.claimEvent.findMany({ where: { claimNo, type: 'supplement-asked' }, select: { personal: { select: { content: true } } } });
  const why = Object.assign({}, ...rows.map((row) => (row.personal?.content as { why?: Record<string, string> } | undefined)?.why)) as Record<string, string>;
  type Item = Part<'clinical'>['supplements'][number]['items'][number];
  return supplements.map((request) => ({ ...request, items: request.items.map((item) => ({ ...item, fact: item.fact as Item['fact'], why: whyOf(item, why[item.itemId]) })) }));
}

function whyOf({ why, document }: ClaimState['supplements'][number]['items'][number], ownWords: string | undefined): Text | null {
  if (why && document) return reasonOf(why, document);
  return ownWords === undefined ? null : { zh: ownWords, en: ownWords };
}

/** What waits for a second person, each with why it was proposed, which stands beside the event: who confirms must know it. */
async function proposalsOf(tx: Tx, { claimNo, proposals }: ClaimState): Promise<Part<'assessment'>['proposals']> {
  if (proposals.length === 0) return [];
  const rows = await tx.claimEvent.findMany({ where: { claimNo, type: 'act-proposed' }, select: { data: true, personal: { select: { content: true } } } });
  const note = new Map(rows.map((row) => [(row.data as { proposalId: string }).proposalId, (row.personal?.content as { note?: string } | undefined)?.note ?? null]));
  return (proposals as Array<Omit<Part<'assessment'>['proposals'][number], 'note'>>).map((proposal) => ({ ...proposal, note: note.get(proposal.proposalId) ?? null }));
}

function assessmentOf(state: ClaimState, actor: Actor, now: string, proposals: Part<'assessment'>['proposals']): Part<'assessment'> {
  const { flags, investigations, recommendation, eligibility, sample, acceptance, seenBy, survivor } = state;
  return {
    flags, investigations, recommendation, eligibility, sample, proposals, acceptance, seenBy, survivor,
    oneAsk: allowed(state, actor, now).includes('ask-supplement') ? oneAsk(state, now) : null,
  };
}

async function amountsOf(tx: Tx, state: ClaimState, actor: Actor, proposals: Part<'assessment'>['proposals']): Promise<Part<'amounts'>> {
  const accounts = erasureOf(state, 'person') !== null ? [] : await tx.payee.findMany({ where: { claimNo: state.claimNo }, select: { id: true, holder: true, bank: true, account: true } });
  const { askedFen, paidFen, payees, payments, decision } = state;
  return {
    askedFen, paidFen, outstandingFen: outstandingFen(state), payments,
    proposals: actor.role === 'finance' ? proposals.filter((one) => one.roles.includes('finance')) : [],
    decision: decision && (seesClinical(actor) ? decision : { ...withoutReasons(decision), at: decision.at, by: decision.by }),
    payees: payees && {
      ...payees,
      list: payees.list.map((payee) => {
        const account = accounts.find((one) => one.id === payee.payeeId);
        return { ...payee, holder: account?.holder ?? null, bank: account?.bank ?? null, account: account ? accountAs(account.account) : null };
      }),
    },
  };
}
