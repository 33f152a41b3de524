/** The catalogue as the console gets it: `GET /v1/rules`. */
import * as z from 'zod';
import {
  ANSWER_TITLES, ASKED_FROM_TITLES, BENEFITS, CLOCK_TITLES, CLOSED_AS, COMMAND_NAMES, DECISIONS, DOCUMENT_KINDS, FACTS, FAMILIES, FINDINGS, FLAGS, GAP_REASONS, INVESTIGATION_REASONS, MATRIX,
  OUTCOME_TYPES, PAYMENT_STATUS_TITLES, PERSONS_ACTS, REASON_CODES, ROLES, SEATS, STAGE_NAMES, TASK_KINDS, TIER_NAMES, VERDICT_TITLES, VOTES, type Text,
} from '../../domain/claim';
import { HOLD_REASONS } from '../../domain/retention';
import { CAUSES, REPAIRS } from '../../platform/operations/causes';
import { words } from '../claim/view-schema';

const text = words satisfies z.ZodType<Text>;
/** An enumeration: each code with its title. */
const coded = <K extends string>(codes: readonly K[]) => z.array(z.object({ code: z.enum(codes), title: text }));
const keysOf = <K extends string>(titles: Record<K, unknown>): K[] => Object.keys(titles) as K[];

export const SEXES = ['male', 'female', 'other', 'unknown'] as const;
const CELLS = [...new Set(Object.values(MATRIX).flat())];

export const rules = z.object({
  commands: z.array(z.object({
    name: z.enum(PERSONS_ACTS).meta({ description: `One of ${COMMAND_NAMES.length} commands that persons give` }), title: text, causes: text, roles: z.array(z.enum(ROLES)), stages: z.array(z.enum(STAGE_NAMES)),
    second: z.object({ roles: z.array(z.enum(ROLES)), always: z.boolean() }).nullable().meta({ description: 'A second person confirms: always, or when the claim asks for it' }),
  })),
  stages: coded(STAGE_NAMES),
  closedAs: coded(CLOSED_AS),
  tiers: z.array(z.object({ code: z.enum(TIER_NAMES), decideDays: z.int(), settleDays: z.int() })).meta({ description: 'Working days from acceptance (SPEC §1.4)' }),
  roles: coded(ROLES),
  outcomeTypes: z.array(z.object({ code: z.enum(OUTCOME_TYPES), title: text, benefits: z.array(z.enum(BENEFITS)).meta({ description: 'What can be asked' }) })),
  matrixVersion: z.string(),
  documentKinds: z.array(z.object({
    code: z.enum(DOCUMENT_KINDS), title: text, uploaders: z.array(z.enum(ROLES)),
    needs: z.array(z.object({ outcomeType: z.enum(OUTCOME_TYPES), cell: z.enum(CELLS) })).meta({ description: 'SPEC §1.3; the words of a cell stand in `cells`' }),
    types: z.array(z.object({ mediaType: z.string(), extensions: z.array(z.string()), limitBytes: z.int(), inline: z.boolean().meta({ description: 'A browser may show it in place' }) })),
  })),
  cells: coded(CELLS),
  benefits: coded(BENEFITS),
  decisions: z.array(z.object({ code: z.enum(DECISIONS), title: text, families: z.array(z.enum(keysOf(FAMILIES))).meta({ description: 'Families of the reasons it may stand on' }), needsEvidence: z.boolean().meta({ description: 'Names at least one document it stands on' }) })),
  families: coded(keysOf(FAMILIES)),
  reasons: z.array(z.object({ code: z.enum(REASON_CODES), family: z.enum(keysOf(FAMILIES)), clause: z.string(), title: text.meta({ description: 'Also the words of the letter to the patient' }) })),
  mostRequests: z.int().meta({ description: "Supplement requests of a claim; one more needs the insurer's head (SPEC §1.7)" }),
  gapReasons: coded(GAP_REASONS),
  facts: coded(FACTS),
  askedFrom: coded(keysOf(ASKED_FROM_TITLES)),
  answers: coded(keysOf(ANSWER_TITLES)),
  verdicts: coded(keysOf(VERDICT_TITLES)),
  investigationReasons: coded(INVESTIGATION_REASONS),
  findings: coded(FINDINGS),
  holdReasons: coded(HOLD_REASONS),
  votes: coded(VOTES),
  seats: coded(SEATS),
  flags: z.array(z.object({ code: z.enum(keysOf(FLAGS)), title: text, risk: z.boolean() })),
  tasks: coded(TASK_KINDS),
  clocks: coded(keysOf(CLOCK_TITLES)),
  paymentStatuses: coded(keysOf(PAYMENT_STATUS_TITLES)),
  sexes: coded(SEXES),
  causes: coded(CAUSES).meta({ description: 'Why a claim does not go on by itself' }),
  repairs: coded(keysOf(REPAIRS)),
  readers: z.object({ account: z.array(z.enum(ROLES)), reads: z.array(z.enum(ROLES)), evidencePack: z.array(z.enum(ROLES)) }).meta({ description: 'Which roles may look at a whole account, at who read a claim, and take its evidence pack, within their scope' }),
  glass: z.object({ minutes: z.int(), shortestReason: z.int().meta({ description: 'Characters' }) }).meta({ description: 'Reading outside the own scope' }),
  departments: z.array(z.object({ code: z.string(), title: text })),
  hospitals: z.array(z.object({ code: z.string(), name: z.string(), insurer: z.string() })),
  insurers: z.array(z.object({ code: z.string(), name: z.string() })),
}).meta({ id: 'Rules' });
export type Rules = z.infer<typeof rules>;
