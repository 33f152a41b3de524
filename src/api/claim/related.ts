/** Claims that have to do with one: what the reader's scope shows of them, and that there is another where it does not. */
import type { ClaimState, Stage } from '../../domain/claim';
import { Prisma } from '../../platform/database/generated/client';
import { erasureOf } from '../../domain/retention';
import type { ClaimView } from './view-schema';

type Related = NonNullable<ClaimView['related']>[number];

/** Of several reasons the first is named: each claim stands once. */
const ORDER: readonly Related['why'][] = ['survivor', 'duplicate', 'same-surgery', 'same-patient', 'same-file'];

/** Of another claim, why it has to do with this one; of a file in common its hash. */
export interface RelatedRow { claimNo: string; stage: Stage; why: Related['why']; sha256: string | null }

/**
 * Those of the claim `c`, in the reader's own scope: row-level security decides which claims have a number here. A patient who is kept for another claim does not
 * lead back to one whose person was erased.
 */
export const relatedTo = Prisma.sql`
  SELECT o.claim_no AS "claimNo", o.stage, 'survivor' AS why, NULL AS sha256 FROM claim o WHERE o.claim_no = c.survivor
  UNION ALL SELECT o.claim_no, o.stage, 'duplicate', NULL FROM claim o WHERE o.survivor = c.claim_no AND o.claim_no <> c.claim_no AND NOT is_erased(o.claim_no, 'person')
  UNION ALL SELECT o.claim_no, o.stage, CASE WHEN o.surgery_at = c.surgery_at THEN 'same-surgery' ELSE 'same-patient' END, NULL
    FROM claim o WHERE o.patient_id = c.patient_id AND o.claim_no <> c.claim_no AND NOT is_erased(o.claim_no, 'person')
  UNION ALL SELECT o.claim_no, o.stage, 'same-file', d.sha256 FROM document d JOIN claim o USING (claim_no)
    WHERE d.sha256 = ANY (ARRAY(SELECT mine ->> 'sha256' FROM jsonb_array_elements(c.state -> 'documents') mine)) AND d.status = 'attached' AND d.claim_no <> c.claim_no`;

/** What the reader is told of these rows. */
export function relatedOf(state: ClaimState, rows: readonly RelatedRow[]): Related[] {
  // Of a claim whose person was erased nothing leads to the patient's others, nor back: only what the log itself names.
  const shown = erasureOf(state, 'person') === null ? rows : rows.filter((row) => row.why === 'survivor');
  const hidden = state.survivor !== null && !rows.some((row) => row.why === 'survivor') ? [unnamed('survivor')] : [];
  const found = [...hidden, ...shown.map(({ claimNo, why, stage }): Related => ({ claimNo, why, stage }))].sort((a, b) => ORDER.indexOf(a.why) - ORDER.indexOf(b.why));
  const inScope = [...new Map(found.reverse().map((one) => [one.claimNo, one])).values()].reverse();
  return foreignFile(state, new Set(shown.map((row) => row.sha256))) ? [...inScope, unnamed('same-file')] : inScope;
}

const unnamed = (why: Related['why']): Related => ({ claimNo: null, why, stage: null });

/** Was a file of this claim found in another one that the reader does not see? */
const foreignFile = ({ flags, documents }: ClaimState, seen: ReadonlySet<string | null>): boolean =>
  flags.some(({ flag, about }) => flag === 'duplicate-file' && documents.some((one) => one.documentId === about && !seen.has(one.sha256)));
