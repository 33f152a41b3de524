/** One claim as a person sees it: `GET /v1/claims/{claimNo}`. */
import {
  actsHere, allowed, checklist, dueOf, grossDays, isPaused, letterOf, mayActFor, mayHandOver, notNow, oneAsk, outstandingFen, plainOf, reasonOf, SEATS, waitingFor, type Actor, type ClaimState, type CommandName, type Text,
} from '../../domain/claim';
import { erasureOf, type Keeps } from '../../domain/retention';
import { openContent, type Open } from '../../platform/database/sealed';
import { relatedOf } from './related';
import { givenRecordNo } from './report';
import { retentionOf } from './retention';
import type { Rows } from './rows';
import { accountAs, seesAmounts, seesAssessment, seesClinical, seesRelated, withoutReasons } from './sees';
import type { ClaimView } from './view-schema';

type Part<K extends keyof ClaimView> = NonNullable<ClaimView[K]>;

/** Of the rows that row-level security showed the reader. `now` is an ISO time. */
export function viewOf(rows: Rows, actor: Actor, now: string, { keeps, open }: { keeps: Keeps; open: Open }): ClaimView {
  const { state } = rows;
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
  const patient = erasureOf(state, 'person') === null ? rows.patient : null;
  const proposals = proposalsOf(rows, open);
  const persons = personsOf(state);
  return {
    claimNo: state.claimNo, version: state.version, stage: state.stage, stageSince: state.stageSince, closedAs: state.closedAs, closedAt: state.closedAt, round: state.round,
    tier: state.tier, hospital: state.hospital, department: state.department, insurer: state.insurer, reportedAt: state.reportedAt, breached: state.breached, stuck: state.stuck,
    waitingFor: waitingFor(state) as Part<'waitingFor'>, tasks, clocks, grossDays: grossDays(state, now),
    allowed: may, acts: actsHere(state, actor, now), notNow: notNow(state, actor, now),
    names: Object.fromEntries(Object.entries(rows.names ?? {}).filter(([personId]) => persons.includes(personId))),
    plain: clinical ? plainOf(state, now) : null,
    contact: rows.contact, letter: clinical && seesAmounts(actor) ? letterOf(state, rows.contact) : null,
    related: seesRelated(actor) ? relatedOf(state, rows.related ?? []) : null,
    retention: retentionOf(state, actor, keeps, now),
    clinical: clinical ? clinicalOf(rows, open) : null,
    assessment: seesAssessment(actor) ? assessmentOf(state, may, now, proposals) : null,
    amounts: seesAmounts(actor) ? amountsOf(rows, actor, proposals, open) : null,
    patient: patient && { ...patient, recordNo: givenRecordNo(patient.recordNo) },
  };
}

const personsOf = (state: ClaimState): string[] =>
  [
    ...state.tasks.map((task) => task.assignee), state.lastAct?.by, state.decision?.by, state.recommendation?.by, state.recommendation?.proposedBy, state.acceptance?.by, state.payees?.setBy, state.payees?.confirmedBy,
    ...state.proposals.map((one) => one.by), ...(state.holds ?? []).map((one) => one.by), ...state.payments.flatMap((one) => [one.madeBy, one.checkedBy]), ...state.documents.map((one) => one.by), ...state.supplements.map((one) => one.askedBy),
  ].filter((one): one is string => typeof one === 'string');

function clinicalOf(rows: Rows, open: Open): Part<'clinical'> {
  const { state } = rows;
  // From the event on, before the last byte is gone: what is erased is nobody's to see.
  const files = erasureOf(state, 'file') !== null ? [] : rows.documents ?? [];
  const file = new Map(files.map((row) => [row.id, row]));
  const nameOf = ({ id, fileName }: (typeof files)[number]): string => open('document', 'file_name', [id], fileName);
  const { outcomeType, occurredAt, surgeryAt, facts, fileVersion, gaps, waived, dispute } = state;
  type Clinical = Part<'clinical'>;
  return {
    outcomeType, occurredAt, surgeryAt, facts, fileVersion, gaps: gaps as Clinical['gaps'], waived, supplements: withReasons(rows, open), dispute,
    checklist: checklist(state),
    documents: state.documents.map((d) => {
      const row = file.get(d.documentId);
      return { ...d, fileName: row ? nameOf(row) : null, inspection: row?.flags ?? [] };
    }),
    uploads: files.filter((row) => row.status === 'stored').map((row) => ({
      documentId: row.id, kind: row.kind as Clinical['uploads'][number]['kind'], fileName: nameOf(row), bytes: row.bytes, mediaType: row.mediaType, sha256: row.sha256, uploadedAt: new Date(row.uploadedAt).toISOString(),
    })),
  };
}

/** What stands beside the events of this type. */
const besideOf = <Content>({ state: { claimNo }, reasons }: Rows, type: string, open: Open): Array<{ proposalId: string | null; content: Content }> =>
  (reasons ?? []).filter((row) => row.type === type).map(({ proposalId, version, content }) => ({ proposalId, content: openContent(open, { claimNo, version, content }) as Content }));

/** Supplement requests, each item with why it was asked: a proposed reason by its code, or own words, which stand beside the event and not in the state. */
function withReasons(rows: Rows, open: Open): Part<'clinical'>['supplements'] {
  const { state } = rows;
  if (state.supplements.length === 0) return [];
  const known = erasureOf(state, 'file') !== null ? [] : besideOf<{ why?: Record<string, string> }>(rows, 'supplement-asked', open);
  const why = Object.assign({}, ...known.map(({ content }) => content.why)) as Record<string, string>;
  type Item = Part<'clinical'>['supplements'][number]['items'][number];
  return state.supplements.map((request) => ({ ...request, items: request.items.map((item) => ({ ...item, fact: item.fact as Item['fact'], why: whyOf(item, why[item.itemId]) })) }));
}

function whyOf({ why, document }: ClaimState['supplements'][number]['items'][number], ownWords: string | undefined): Text | null {
  if (why && document) return reasonOf(why, document);
  return ownWords === undefined ? null : { zh: ownWords, en: ownWords };
}

/** What waits for a second person, each with why it was proposed, which stands beside the event: who confirms must know it. */
function proposalsOf(rows: Rows, open: Open): Part<'assessment'>['proposals'] {
  const { proposals } = rows.state;
  if (proposals.length === 0) return [];
  const note = new Map(besideOf<{ note?: string }>(rows, 'act-proposed', open).map(({ proposalId, content }) => [proposalId, content.note ?? null]));
  return (proposals as Array<Omit<Part<'assessment'>['proposals'][number], 'note'>>).map((proposal) => ({ ...proposal, note: note.get(proposal.proposalId) ?? null }));
}

function assessmentOf(state: ClaimState, may: readonly CommandName[], now: string, proposals: Part<'assessment'>['proposals']): Part<'assessment'> {
  const { flags, investigations, recommendation, eligibility, sample, acceptance, seenBy, survivor } = state;
  return {
    flags, investigations, recommendation, eligibility, sample, proposals, acceptance, seenBy, survivor,
    oneAsk: may.includes('ask-supplement') ? oneAsk(state, now) : null,
  };
}

function amountsOf({ state, payees: rows }: Rows, actor: Actor, proposals: Part<'assessment'>['proposals'], open: Open): Part<'amounts'> {
  const accounts = erasureOf(state, 'person') !== null ? [] : rows ?? [];
  const { claimNo, askedFen, paidFen, payees, payments, decision } = state;
  return {
    askedFen, paidFen, outstandingFen: outstandingFen(state), payments,
    proposals: actor.role === 'finance' ? proposals.filter((one) => one.roles.includes('finance')) : [],
    decision: decision && (seesClinical(actor) ? decision : { ...withoutReasons(decision), at: decision.at, by: decision.by }),
    payees: payees && {
      ...payees,
      list: payees.list.map((payee) => {
        const account = accounts.find((one) => one.id === payee.payeeId);
        if (!account) return { ...payee, holder: null, bank: null, account: null };
        const opened = (column: 'holder' | 'account'): string => open('payee', column, [claimNo, payee.payeeId], account[column]);
        return { ...payee, holder: opened('holder'), bank: account.bank, account: accountAs(opened('account')) };
      }),
    },
  };
}
