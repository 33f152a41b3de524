/** What a claim's activities reach, in memory: each part can be told to be away or to answer otherwise. */
import { isDeepStrictEqual } from 'node:util';
import { ApplicationFailure } from '@temporalio/activity';
import type { createActivities } from '../../../src/activities';
import type { EligibilityAnswer } from '../../../src/activities/eligibility';
import { evolve, type ClaimEvent, type ClaimState, type Refusal } from '../../../src/domain/claim';

export type Activities = ReturnType<typeof createActivities>;

interface BankOrder { key: string; amountFen: number; status: 'accepted' | 'confirmed' | 'payee-fault' | 'bank-fault' }

export interface Outside {
  /** The log: every event recorded, in order, without a gap. */
  events: ClaimEvent[];
  refusals: Array<{ actId: string; refusal: Refusal }>;
  /** What no write may ever do (SPEC §3), if it was done all the same. */
  violations: string[];
  database: { away: boolean; writes: number; refused: number };
  insurer: { away: boolean; asked: number; answer: Omit<EligibilityAnswer, 'policyNo'> };
  /** `tells`: what the bank answers to a new order; a fault fails it. `orders`: one for each key that money was ever moved under. */
  bank: { away: boolean; tells: 'confirmed' | 'accepted' | 'payee-fault' | 'bank-fault'; asked: number; orders: Map<string, BankOrder> };
  directory: { away: boolean; least: string | null };
  sample: { sampled: boolean; why: string };
}

export function createOutside(reported: ClaimEvent[]): Outside {
  return {
    events: [...reported], refusals: [], violations: [],
    database: { away: false, writes: 0, refused: 0 },
    insurer: { away: false, asked: 0, answer: { insured: true, departmentCovered: true, limitLeftFen: 50_000_000, doubts: [] } },
    bank: { away: false, tells: 'confirmed', asked: 0, orders: new Map() },
    directory: { away: false, least: null },
    sample: { sampled: true, why: 'lot-drawn' },
  };
}

/** The real activities' promises, kept in memory: versions are guarded, the bank pays once per key. `of` finds a claim's outside by its number. */
export function activitiesOf(of: (claimNo: string) => Outside): Activities {
  const unless = (away: boolean, type: string): void => { if (away) throw ApplicationFailure.retryable('not to be reached', type); };
  return {
    async recordEvents({ claimNo, events, state }) {
      const outside = of(claimNo);
      if (outside.database.away) outside.database.refused += 1;
      unless(outside.database.away, 'database-unreachable');
      outside.database.writes += 1;
      const known = outside.events.length;
      const fresh = events.filter((event) => event.version > known);
      if (fresh.some((event, i) => event.version !== known + i + 1)) {
        outside.violations.push(`event ${fresh[0]?.version} cannot follow ${known}`);
        return null;
      }
      outside.events.push(...fresh);
      if (fresh.length > 0 && !isDeepStrictEqual(rebuild(outside.events), state)) outside.violations.push(`the events up to ${outside.events.length} do not rebuild the state recorded with them`);
      return null;
    },
    async recordRefusal({ claimNo, act, refusal }) {
      const outside = of(claimNo);
      unless(outside.database.away, 'database-unreachable');
      outside.refusals.push({ actId: act.id, refusal });
      return null;
    },
    async leastLoaded({ state }) {
      const { directory } = of(state.claimNo);
      unless(directory.away, 'directory-unreachable');
      return directory.least;
    },
    async drawSample({ claimNo }) {
      unless(of(claimNo).database.away, 'database-unreachable');
      return of(claimNo).sample;
    },
    async askEligibility({ claimNo }) {
      const { insurer } = of(claimNo);
      insurer.asked += 1;
      unless(insurer.away, 'insurer-unreachable');
      return { ...insurer.answer, policyNo: null };
    },
    async pay({ claimNo, paymentKey, amountFen }) {
      const { bank } = of(claimNo);
      unless(bank.away, 'bank-unreachable');
      const held = bank.orders.get(paymentKey) ?? { key: paymentKey, amountFen, status: bank.tells };
      bank.orders.set(paymentKey, held);
      return answerOf(held);
    },
    async askBank({ paymentKey }) {
      const { bank } = of(paymentKey.split(':')[0]!);
      bank.asked += 1;
      unless(bank.away, 'bank-unreachable');
      const held = bank.orders.get(paymentKey);
      return held ? answerOf(held) : { kind: 'unknown' };
    },
  };
}

const answerOf = ({ status, key, amountFen }: BankOrder) => {
  const about = { amountFen, bankReference: referenceOf(key) };
  return status === 'payee-fault' || status === 'bank-fault'
    ? { kind: 'failed' as const, ...about, fault: status === 'payee-fault' ? 'payee' as const : 'bank' as const }
    : { kind: status, ...about };
};

/** The bank's reference of an order: the same whenever it is asked. */
export const referenceOf = (key: string): string => `B-${key.replace(/[^\w-]/g, '-').slice(-50)}`;

/** DESIGN idea 4: the events rebuild the state, as they would after a trip through the database. */
export const rebuild = (events: readonly ClaimEvent[]): ClaimState =>
  (JSON.parse(JSON.stringify(events)) as ClaimEvent[]).reduce<ClaimState | null>(evolve, null)!;
