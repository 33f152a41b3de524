/** The papers of a claim in the order of the matrix, as they lie on the desk. */
import type { components } from '../api/schema';
import type { ClaimView } from '../claim/acts/form';

export type Paper = components['schemas']['ClaimDocument'];
export type ChecklistLine = components['schemas']['ChecklistLine'];

export interface PaperLine extends ChecklistLine {
  /** What is in force first, then what it superseded. */
  papers: Paper[];
}

/** Every kind that is there, needed or spoken of. */
export function paperLines({ clinical }: ClaimView): PaperLine[] {
  if (!clinical) return [];
  return clinical.checklist
    .map((line) => ({ ...line, papers: clinical.documents.filter(({ kind }) => kind === line.kind).toSorted((a, b) => Number(a.supersededBy !== null) - Number(b.supersededBy !== null)) }))
    .filter((line) => line.status !== 'not-asked' || line.papers.length > 0);
}

/** All papers one after the other. */
export const papersOf = (claim: ClaimView): Paper[] => paperLines(claim).flatMap(({ papers }) => papers);
