/** What breaking the glass takes and answers (SPEC §1.2: whatever lies outside the scope does not exist, but for an hour, with a reason, and the auditor told). */
import * as z from 'zod';
import { ROLES, text, type Role } from '../../domain/claim';
import { claimNoSchema } from '../http/route';

/** Minutes that a broken glass lets one read; the database holds the same. */
export const GLASS_MINUTES = 60;

/** Who may: liaisons, who are of one department, in another of their hospital; operations, the payloads of workflows. */
export const GLASS_BREAKERS: readonly Role[] = ['liaison', 'ops'];

/** Characters of a reason that tells the auditor something. */
export const SHORTEST_REASON = 10;
const reason = text(500).refine((words) => words.length >= SHORTEST_REASON, { error: `at least ${SHORTEST_REASON} characters` }).meta({ description: 'Why, in words the auditor reads; no names', example: '夜间抢救，值班专员需要核对手术时间' });
export const glassBody = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('claim'), claimNo: claimNoSchema, reason }),
  z.strictObject({ what: z.literal('payloads'), reason }),
]).meta({ id: 'BreakGlass' });
export type GlassBody = z.infer<typeof glassBody>;

export const glass = z.strictObject({
  id: z.string(), what: z.enum(['claim', 'payloads']), claimNo: claimNoSchema.nullable(), reason: z.string(), at: z.iso.datetime(), until: z.iso.datetime(),
  by: z.strictObject({ personId: z.string(), role: z.enum(ROLES), name: z.string().nullable() }),
}).meta({ id: 'BrokenGlass' });
