/** What the worker shows of its activities beside the SDK's own measures: how late things were recorded, and to whose act they belong. */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { MetricMeter } from '@temporalio/common';
import type { Act, ClaimEvent } from '../domain/claim';
import { inAct } from '../platform/tracing';

const ACT_RECORDED = 'kuaipei_act_recorded_seconds';
const RUNG_LATE = 'kuaipei_rung_late_seconds';
/** For the SDK's Prometheus endpoint, in seconds. */
export const HISTOGRAM_BUCKETS: Record<string, number[]> = {
  [ACT_RECORDED]: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 30, 300, 3600],
  [RUNG_LATE]: [1, 5, 15, 30, 60, 120, 300, 3600],
};

/** Claims whose last act is remembered, so that what follows from it is found in its trace. */
const REMEMBERED_CLAIMS = 1_000;

/** What activities are given says whose doing they are: events and acts their act, the rest the claim. */
interface Given { claimNo?: string; events?: ClaimEvent[]; act?: Act }

/**
 * Measures how long after a person's act it stood recorded, and how late each rung was climbed (SPEC §1.5), by the time at which the
 * recording was done; and puts each activity into the trace of the act that it follows from. What an outside party or the clock set off has one of its own.
 */
export function observeActivities(meter: MetricMeter): ActivityInterceptorsFactory {
  const recorded = meter.createHistogram(ACT_RECORDED, 'float', 's', 'From a person’s act to its record');
  const late = meter.createHistogram(RUNG_LATE, 'float', 's', 'From the time of a rung to the record that it was climbed');
  const lastAct = new Map<string, string>();

  function actOf({ claimNo, events, act }: Given): string | undefined {
    if (act) return act.id;
    const own = events?.find((one) => one.actor.role !== 'system')?.act.id;
    if (claimNo === undefined || events && own === undefined) return undefined;
    if (own === undefined) return lastAct.get(claimNo);
    lastAct.delete(claimNo);
    lastAct.set(claimNo, own);
    if (lastAct.size > REMEMBERED_CLAIMS) lastAct.delete(lastAct.keys().next().value!);
    return own;
  }

  function measure(events: readonly ClaimEvent[]): void {
    const since = (at: string): number => Math.max(0, Date.now() - Date.parse(at)) / 1000;
    const acts = new Map(events.flatMap((one) => (one.actor.role === 'system' ? [] : [[one.act.id, one.at] as const])));
    for (const at of acts.values()) recorded.record(since(at));
    for (const one of events) if (one.type === 'rung-climbed' && one.data.rung !== 'lapsed') late.record(since(one.data.dueAt));
  }

  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const given = (input.args[0] ?? {}) as Given;
        const result = await inAct(actOf(given), `activity ${info.activityType}`, { 'kuaipei.attempt': info.attempt, ...(given.claimNo === undefined ? {} : { 'kuaipei.claim': given.claimNo }) }, () => next(input));
        // Null: it stands as given; else another record does, and was measured when it was made.
        if (given.events && result === null) measure(given.events);
        return result;
      },
    },
  });
}
