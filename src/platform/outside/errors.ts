/** The parties we speak to over HTTP. */
export type OutsideParty = 'bank' | 'insurer' | 'notices';

/**
 * The call may or may not have had its effect: no answer, a broken connection, or an answer that says "not now".
 * The caller asks by key, and never sends again blind. Names the party and the operation only.
 */
export class Ambiguous extends Error {
  override readonly name = 'Ambiguous';
  constructor(
    readonly party: OutsideParty,
    readonly operation: string,
    /** A time-out, a network error code such as `ECONNREFUSED`, or `HTTP 503`. */
    readonly why: string,
  ) {
    super(`${party} ${operation}: no answer (${why}); whether it had its effect is unknown, ask or repeat it under the same key only`);
  }
}

/** The party understood us and said no (4xx): the call had no effect, and the same call will be refused again. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly party: OutsideParty,
    readonly operation: string,
    readonly status: number,
  ) {
    super(`${party} ${operation}: refused with HTTP ${status}`);
  }
}

/** The answer breaks the protocol. It is not believed, whatever it says; whether the call had its effect is unknown. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  constructor(
    readonly party: OutsideParty,
    readonly operation: string,
    /** The field and the rule it breaks, never its value. */
    readonly rule: string,
  ) {
    super(`${party} ${operation}: the answer breaks the protocol (${rule}); whether the call had its effect is unknown, ask or repeat it under the same key only`);
  }
}
