import type { Limits } from '../../src/api/http/limits';

const WIDE = { times: 1_000_000, seconds: 1 };
/** Nobody asks as often as a bench or a fuzzer: 429 to all of it would measure nothing. */
export const NO_LIMITS: Limits = { person: WIDE, address: WIDE, failures: WIDE, codes: WIDE };
