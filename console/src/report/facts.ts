/** The facts of an event as they are typed, and as `submit-facts` takes them (SPEC §1.1, §1.3). */
import type { components, operations } from '../api/schema';
import { fenOf } from '../words/money';
import { instantOf } from '../words/time';
import type { Moment } from './report';

type Outcome = components['schemas']['OutcomeType'];
type Benefit = components['schemas']['Benefit'];
export type Facts = operations['submit-facts']['requestBody']['content']['application/json'];

/** The questions to be answered with yes or no: conditional documents hang on them. */
export const QUESTIONS = ['claimantIsInsured', 'costsClaimed', 'anaesthesia', 'complication'] as const;
type Question = (typeof QUESTIONS)[number];

export interface TypedFacts {
  outcomeType: Outcome;
  occurred: Moment;
  /** Yuan as typed, by benefit; empty where nothing is asked. */
  amounts: Partial<Record<Benefit, string>>;
  answers: Partial<Record<Question, boolean>>;
  narrative: string;
}

export type MissingFact = 'occurred' | 'amounts' | Question;

/** The minimum that meets the 24 hours: the time, one amount at least, and the four answers. */
export function missingFacts(typed: TypedFacts, benefits: readonly Benefit[]): MissingFact[] {
  const at = instantOf(typed.occurred);
  return [
    ...(at !== null && Date.parse(at) <= Date.now() ? [] : ['occurred' as const]),
    ...(linesOf(typed, benefits) === null ? ['amounts' as const] : []),
    ...QUESTIONS.filter((question) => typed.answers[question] === undefined),
  ];
}

/** The amounts asked, in fen, of the benefits that this outcome has; null when there is none or one cannot be read. */
export function linesOf({ amounts }: TypedFacts, benefits: readonly Benefit[]): Facts['benefits'] | null {
  const lines = benefits.filter((benefit) => (amounts[benefit] ?? '').trim() !== '').map((benefit) => ({ benefit, askedFen: fenOf(amounts[benefit] ?? '') }));
  return lines.length > 0 && lines.every((line): line is Facts['benefits'][number] => line.askedFen !== null && line.askedFen > 0) ? lines : null;
}

/** The body of the act; null while something is missing. */
export function factsOf(typed: TypedFacts, benefits: readonly Benefit[]): Facts | null {
  const [occurredAt, lines] = [instantOf(typed.occurred), linesOf(typed, benefits)];
  const { claimantIsInsured, costsClaimed, anaesthesia, complication } = typed.answers;
  if (occurredAt === null || lines === null || claimantIsInsured === undefined || costsClaimed === undefined || anaesthesia === undefined || complication === undefined) return null;
  const narrative = typed.narrative.trim();
  return { occurredAt, outcomeType: typed.outcomeType, benefits: lines, claimantIsInsured, costsClaimed, anaesthesia, complication, ...(narrative === '' ? {} : { narrative }) };
}
