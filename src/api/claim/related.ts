/** Claims that have to do with one: what the reader's scope shows of them, and that there is another where it does not. */
import type { ClaimState, Stage } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { erasureOf } from '../../domain/retention';
import { notForgotten } from './list';
import type { ClaimView } from './view-schema';

type Related = NonNullable<ClaimView['related']>[number];

/** Of several reasons the first is named: each claim stands once. */
const ORDER: readonly Related['why'][] = ['survivor', 'duplicate', 'same-surgery', 'same-patient', 'same-file'];

/** In the reader's own transaction: row-level security decides which claims have a number here. */
export async function relatedOf(tx: Tx, state: ClaimState): Promise<Related[]> {
  const { claimNo, patientId, surgeryAt, survivor } = state;
  const elsewhere = { claimNo: { not: claimNo } };
  const shown = { claimNo: true, stage: true } as const;
  // Of a claim whose person was erased nothing leads to the patient's others, nor back: only what the log itself names.
  const forgotten = erasureOf(state, 'person') !== null;
  const ofPatient = forgotten ? [] : await tx.claim.findMany({ where: { patientId, ...elsewhere, ...notForgotten }, select: { ...shown, surgeryAt: true } });
  const yielded = forgotten ? [] : await tx.claim.findMany({ where: { survivor: claimNo, ...elsewhere, ...notForgotten }, select: shown });
  const kept = survivor === null ? null : await tx.claim.findUnique({ where: { claimNo: survivor }, select: shown });
  const files = forgotten ? [] : await tx.document.findMany({ where: { sha256: { in: state.documents.map((one) => one.sha256) }, status: 'attached', ...elsewhere }, select: { sha256: true, claim: { select: shown } } });
  const found = [
    ...(survivor === null ? [] : [kept ? named(kept, 'survivor') : unnamed('survivor')]),
    ...yielded.map((row) => named(row, 'duplicate')),
    ...ofPatient.map((row) => named(row, row.surgeryAt.toISOString() === new Date(surgeryAt).toISOString() ? 'same-surgery' : 'same-patient')),
    ...files.map((row) => named(row.claim, 'same-file')),
  ].sort((a, b) => ORDER.indexOf(a.why) - ORDER.indexOf(b.why));
  const inScope = [...new Map(found.reverse().map((one) => [one.claimNo, one])).values()].reverse();
  return foreignFile(state, new Set(files.map((row) => row.sha256))) ? [...inScope, unnamed('same-file')] : inScope;
}

const named = ({ claimNo, stage }: { claimNo: string; stage: string }, why: Related['why']): Related => ({ claimNo, why, stage: stage as Stage });
const unnamed = (why: Related['why']): Related => ({ claimNo: null, why, stage: null });

/** Was a file of this claim found in another one that the reader does not see? */
const foreignFile = ({ flags, documents }: ClaimState, seen: ReadonlySet<string>): boolean =>
  flags.some(({ flag, about }) => flag === 'duplicate-file' && documents.some((one) => one.documentId === about && !seen.has(one.sha256)));
