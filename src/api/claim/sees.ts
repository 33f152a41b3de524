/** SPEC §1.2, the column "sees", for the parts of a claim: row-level security keeps rows apart, this keeps parts apart. */
import type { Actor, EventType } from '../../domain/claim';

/** Finance: "payee and amounts, not the clinical file". Operations: "ids, stages, errors". */
export const seesClinical = (actor: Actor): boolean => actor.role !== 'finance' && actor.role !== 'ops';
export const seesAmounts = (actor: Actor): boolean => actor.role !== 'ops';
/** What the insurer thinks before it has decided: flags, investigations, recommendations. The patient gets the decision, in plain words. */
export const seesAssessment = (actor: Actor): boolean => seesClinical(actor) && actor.role !== 'patient';

/** Other claims of the patient, the surgery or the same files: for who assesses and who keeps the file, and for the audit. */
export const seesRelated = (actor: Actor): boolean => seesAssessment(actor) && actor.role !== 'mediator' && actor.role !== 'his-feed';

/** An account, to be recognised: nobody needs to know it whole before they look at it, and a look is recorded (`look.ts`). */
export const accountAs = (account: string): string => `…${account.slice(-4)}`;

const ASSESSMENT: readonly EventType[] = ['flag-raised', 'investigation-opened', 'investigation-closed', 'recommended', 'returned-to-review', 'sample-drawn', 'eligibility-answered', 'act-proposed', 'hold-set', 'hold-lifted'];
const CLINICAL: readonly EventType[] = [
  'claim-reported', 'facts-submitted', 'document-attached', 'gap-declared', 'document-waived', 'supplement-asked', 'item-answered', 'answer-judged', 'file-accepted', 'panel-voted', ...ASSESSMENT,
];

/** Event types whose data this actor does not see. */
export function hiddenEventTypes(actor: Actor): readonly EventType[] {
  return !seesClinical(actor) ? CLINICAL : !seesAssessment(actor) ? ASSESSMENT : [];
}

/** What finance learns of a decision, in the claim and in its events: the reasons are the clinical file's. */
export const withoutReasons = <T extends { decision: unknown; lines: unknown }>({ decision, lines }: T): Pick<T, 'decision' | 'lines'> => ({ decision, lines });
