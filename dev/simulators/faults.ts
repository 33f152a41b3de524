import { z } from 'zod';

/** Faults of the line, the same for every party. `fail` answers 503; `time-out` never answers and does nothing; `time-out-then-succeed` does it and never answers. */
export const LINE_FAULTS = ['delay', 'fail', 'time-out', 'time-out-then-succeed'] as const;

/** What a fault is aimed at: the key of a request and the claim it is about, as far as the request says. */
export interface Subject {
  key: string;
  claimNo: string | undefined;
}

function ruleSchema<K extends string>(kinds: readonly K[]) {
  return z.strictObject({
    match: z.strictObject({ key: z.string().optional(), claimNo: z.string().optional() }).optional(),
    /** How often the rule fires; without it, for ever. */
    times: z.int().positive().optional(),
    /** Which request it meets: the one that wants something done (default), or the one that asks about it. */
    on: z.enum(['submit', 'ask']).default('submit'),
    do: z.enum(kinds),
    ms: z.int().nonnegative().max(3_600_000).optional(),
    amountFen: z.int().positive().optional(),
  });
}
export type FaultRule<K extends string> = z.infer<ReturnType<typeof ruleSchema<K>>>;

/** The list of rules of one party, set over HTTP; the first rule that fits a request is the one that fires. */
export function createFaults<K extends string>(kinds: readonly K[]) {
  const schema = z.array(ruleSchema(kinds)).max(100);
  let rules: Array<{ rule: FaultRule<K>; fired: number; keys: Set<string> }> = [];

  return {
    /** Replaces all rules; throws ZodError naming the field. */
    set(list: unknown): void {
      rules = schema.parse(list).map((rule) => ({ rule, fired: 0, keys: new Set() }));
    },

    /** The fault that this request meets, if any; counts it as fired. */
    take(on: 'submit' | 'ask', subject: Subject): FaultRule<K> | undefined {
      for (const entry of rules) {
        const { rule } = entry;
        if (rule.on !== on || entry.fired === rule.times) continue;
        if (rule.match?.key !== undefined && rule.match.key !== subject.key) continue;
        if (rule.match?.claimNo !== undefined && rule.match.claimNo !== subject.claimNo) continue;
        // "then succeed": a key times out once, and is answered afterwards.
        if (rule.do === 'time-out-then-succeed' && entry.keys.has(subject.key)) continue;
        entry.fired += 1;
        entry.keys.add(subject.key);
        return rule;
      }
      return undefined;
    },
  };
}
export type Faults<K extends string> = ReturnType<typeof createFaults<K>>;

/** The claim a text speaks of: keys and references carry the claim number. */
export function claimNoIn(text: string): string | undefined {
  return /KP-\d{4}-\d{6,}/.exec(text)?.[0];
}
