/** One function per stage of SPEC §1.1: from the claim to the outcome by which it leaves the stage. */
import type { Outcome, Stage } from '../../../domain/claim';
import type { ClaimRun } from '../run';
import { acceptance } from './acceptance';
import { approval } from './approval';
import { closed } from './closed';
import { collecting } from './collecting';
import { dispute } from './dispute';
import { documents } from './documents';
import { investigation } from './investigation';
import { payment } from './payment';
import { review } from './review';
import { supplement } from './supplement';

export const stages: { [S in Stage]: (run: ClaimRun) => Promise<Outcome<S> | null> } =
  { collecting, documents, acceptance, review, supplement, investigation, approval, payment, dispute, closed };
