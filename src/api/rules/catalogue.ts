/** What the console shows of the rules, made from the domain's own tables: it never writes one down a second time. */
import {
  ANSWER_TITLES, ASKED_FROM_TITLES, BENEFIT_TITLES, BENEFITS_OF, CLOCK_TITLES, CLOSED_AS_TITLES, COMMANDS, CONDITIONS, DECISION_TITLES, DECISIONS, DOCUMENT_KINDS, DOCUMENT_TITLES, FACT_TITLES, FAMILIES_FOR, FAMILY_TITLES, familyOf,
  FINDING_TITLES, FLAGS, GAP_REASON_TITLES, INVESTIGATION_REASON_TITLES, MATRIX, MATRIX_VERSION, mayUpload, MOST_REQUESTS, needsEvidence, OUTCOME_TITLES, OUTCOME_TYPES, PAYMENT_STATUS_TITLES, PERSONS_ACTS, REASON_CODES, REASONS, ROLE_TITLES, ROLES,
  SEAT_TITLES, STAGE_NAMES, STAGES, TASK_TITLES, TIER_NAMES, TIERS, VERDICT_TITLES, VOTE_TITLES, type Role, type Text,
} from '../../domain/claim';
import { HOLD_REASON_TITLES } from '../../domain/retention';
import { DEPARTMENT_TITLES } from '../../domain/intake/intake';
import { acceptedFor, SIZE_LIMITS } from '../../platform/documents/accepted';
import { CAUSE_TITLES, REPAIRS } from '../../platform/operations/causes';
import { ACCOUNT_LOOKERS, READS_READERS } from '../claim/look';
import { EVIDENCE_READERS } from '../evidence/routes';
import { GLASS_MINUTES, SHORTEST_REASON } from '../glass/schema';
import type { Rules, SEXES } from './schema';

const titled = <K extends string>(titles: Record<K, Text>): Array<{ code: K; title: Text }> =>
  (Object.keys(titles) as K[]).map((code) => ({ code, title: { zh: titles[code].zh, en: titles[code].en } }));

const SEX_TITLES: Record<(typeof SEXES)[number], Text> = { male: { zh: '男', en: 'male' }, female: { zh: '女', en: 'female' }, other: { zh: '其他', en: 'other' }, unknown: { zh: '不详', en: 'unknown' } };

/** A cell of the matrix in words (SPEC §1.3). */
const CELL_TITLES: Record<(typeof MATRIX)[keyof typeof MATRIX][number], Text> = {
  M: { zh: '必备', en: 'required' }, 'M*': { zh: '应有：手术前的录像、风险告知和签名；缺少时须第二人复核', en: 'expected: recording, acknowledgment and signature from before the operation; where it is missing a second reviewer confirms' }, '–': { zh: '不要求', en: 'not asked for' }, ...CONDITIONS,
};

/** All that is the same for everybody and changes with a release only; the houses come from the directory. */
export const CATALOGUE: Omit<Rules, 'hospitals' | 'insurers'> = {
  commands: PERSONS_ACTS.map((name) => {
    const { title, causes, by, stages, second } = COMMANDS[name];
    return { name, title, causes, roles: [...by as readonly Role[]], stages: [...stages], second: second ? { roles: [...second.by], always: second.when === undefined } : null };
  }),
  stages: STAGE_NAMES.map((code) => ({ code, title: STAGES[code].title })),
  closedAs: titled(CLOSED_AS_TITLES),
  tiers: TIER_NAMES.map((code) => ({ code, decideDays: TIERS[code].decide, settleDays: TIERS[code].settle })),
  roles: titled(ROLE_TITLES),
  outcomeTypes: OUTCOME_TYPES.map((code) => ({ code, title: OUTCOME_TITLES[code], benefits: [...BENEFITS_OF[code]] })),
  matrixVersion: MATRIX_VERSION,
  documentKinds: DOCUMENT_KINDS.map((code) => ({
    code, title: DOCUMENT_TITLES[code], uploaders: ROLES.filter((role) => mayUpload(role, code)),
    needs: OUTCOME_TYPES.map((outcomeType, n) => ({ outcomeType, cell: code === 'other' ? '–' : MATRIX[code][n]! })),
    types: acceptedFor(code).map(({ mediaType, extensions, inline, class: media }) => ({ mediaType, extensions: [...extensions], limitBytes: SIZE_LIMITS[media], inline })),
  })),
  cells: titled(CELL_TITLES),
  benefits: titled(BENEFIT_TITLES),
  decisions: DECISIONS.map((code) => ({ code, title: DECISION_TITLES[code], families: [...FAMILIES_FOR[code]], needsEvidence: needsEvidence(code) })),
  families: titled(FAMILY_TITLES),
  reasons: REASON_CODES.map((code) => ({ code, family: familyOf(code), clause: REASONS[code].clause, title: { zh: REASONS[code].zh, en: REASONS[code].en } })),
  mostRequests: MOST_REQUESTS,
  gapReasons: titled(GAP_REASON_TITLES), facts: titled(FACT_TITLES), askedFrom: titled(ASKED_FROM_TITLES), answers: titled(ANSWER_TITLES), verdicts: titled(VERDICT_TITLES),
  investigationReasons: titled(INVESTIGATION_REASON_TITLES), findings: titled(FINDING_TITLES), holdReasons: titled(HOLD_REASON_TITLES), votes: titled(VOTE_TITLES), seats: titled(SEAT_TITLES),
  flags: (Object.keys(FLAGS) as Array<keyof typeof FLAGS>).map((code) => ({ code, title: FLAGS[code].title, risk: FLAGS[code].risk })),
  tasks: titled(TASK_TITLES), clocks: titled(CLOCK_TITLES), paymentStatuses: titled(PAYMENT_STATUS_TITLES), sexes: titled(SEX_TITLES), causes: titled(CAUSE_TITLES), repairs: titled(REPAIRS),
  readers: { account: [...ACCOUNT_LOOKERS], reads: [...READS_READERS], evidencePack: [...EVIDENCE_READERS] },
  glass: { minutes: GLASS_MINUTES, shortestReason: SHORTEST_REASON },
  departments: titled(DEPARTMENT_TITLES),
};
