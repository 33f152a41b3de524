/**
 * What all claims of a worker share: evaluated once in its context instead of once for each workflow, which is what starting one mostly costs
 * (bench/RESULTS.md). The SDK freezes whatever is reachable from here. Schemas fill caches of their own when they are first used, so they are
 * kept from that: freezing stops at what is frozen already. They hold nothing of a workflow.
 */
import * as z from 'zod';
import * as calendar from '../domain/calendar';
import * as claim from '../domain/claim';
import * as inputs from '../domain/claim/commands/inputs';
import * as money from '../domain/money';

const schemas = [calendar, claim, inputs, money].flatMap((exported): unknown[] => Object.values(exported)).filter((value) => value instanceof z.ZodType);
for (const one of [z.regexes, ...Object.values(claim.COMMANDS), ...schemas]) Object.freeze(one);

// The SDK takes a stack for every promise, to answer "where does it wait?". One line is enough for where something was thrown; more of it costs
// a quarter of a worker's processor. A history replays, so the whole stack can be had at any time.
Error.stackTraceLimit = 1;
