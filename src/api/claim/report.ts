/** Reporting an abnormal surgery: the one transaction that opens a claim (SPEC §1.1), with or without Temporal. */
import * as z from 'zod';
import { inBoth, OUTCOME_TYPES, report, text, type Actor, type ClaimInput, type ClaimState } from '../../domain/claim';
import { shanghaiDay } from '../../domain/calendar';
import type { EventKind } from '../../domain/intake/intake';
import { naturalKeyOf } from '../../domain/intake/natural-key';
import { nextClaimNumber } from '../../platform/database/claim-number';
import { recordEvents } from '../../platform/claims/record';
import { loadCalendar } from '../../platform/published-calendar';
import { inScope, type Tx } from '../../platform/database';
import { Prisma } from '../../platform/database/generated/client';
import { bodyHash, digest } from '../digest';
import type { Deps } from '../deps';
import { fail, ProblemError, refusalProblem, wrongInput } from '../problems';

/** SPEC §1.1 "who reports". */
export const REPORTERS = ['specialist', 'liaison', 'manager', 'patient', 'his-feed'] as const;
export const START_CLAIM = 'start-claim';

/** An instant of a hospital's record, which may be older than this platform; kept as UTC and, like every time, compared as text. */
const recorded = z.iso.datetime({ offset: true }).transform((value) => new Date(value).toISOString())
  .refine((value) => value >= '1990' && value < '2100', inBoth({ zh: '应为 1990 年至 2099 年间的时间', en: 'a time from the years 1990 to 2099' })).meta({ description: 'An instant, ISO 8601 with offset' });

export const reportSchema = z.strictObject({
  /** Only a patient names it; staff report for their own. */
  hospital: z.string().regex(/^[A-Z]\d{3}$/).optional().meta({ description: 'Code of the hospital; needed when a patient reports' }),
  department: z.string().regex(/^[a-z][a-z0-9-]{1,63}$/, inBoth({ zh: '科室代码，如 general-surgery', en: 'a department code such as general-surgery' })),
  patient: z.strictObject({
    recordNo: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, inBoth({ zh: '本院病历号：只能用字母、数字和 . _ -', en: "the hospital's own record number: letters, digits and . _ - only" })),
    name: text(100),
    identityNumber: z.string().regex(/^[0-9A-Za-z-]{4,32}$/, inBoth({ zh: '4 至 32 个字母、数字或 -', en: '4 to 32 letters, digits or -' })).optional(),
    phone: z.string().regex(/^\+?[0-9 -]{5,24}$/, inBoth({ zh: '5 至 24 位数字，可带 + 和空格', en: '5 to 24 digits, with + and spaces where needed' })).optional(),
    birthDate: z.iso.date().refine((day) => day >= '1900', inBoth({ zh: '1900 年以后的日期', en: 'a day since 1900' })).optional(),
    sex: z.enum(['male', 'female', 'other', 'unknown']).optional(),
    deceasedAt: recorded.optional(),
    personId: z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/).optional().meta({ description: 'The person who may follow the claim as the patient' }),
  }),
  surgeryAt: recorded, occurredAt: recorded,
  outcomeType: z.enum(OUTCOME_TYPES),
  surgeryCode: z.string().regex(/^\d{1,18}$/, inBoth({ zh: 'SNOMED CT 编码', en: 'a SNOMED CT code' })).optional(),
}).meta({ id: 'Report' });
export type Report = z.infer<typeof reportSchema>;

export const reportExample: z.input<typeof reportSchema> = {
  department: 'general-surgery', patient: { recordNo: 'MR-2026-0417', name: '示例', sex: 'female', birthDate: '1961-04-05' },
  surgeryAt: '2026-03-02T01:00:00Z', occurredAt: '2026-03-02T02:30:00Z', outcomeType: 'minor-complication', surgeryCode: '80146002',
};

export interface Reported { claimNo: string; version: number; opened: boolean }

/** How the report is identified: the client's key, its digest, and when it came. `event` tells apart events of one surgery. */
export interface ReportedUnder { actor: Actor; actId: string; at: string; event?: EventKind }

/**
 * Opens a claim, or finds the one that the same act, or an earlier report of the same event, opened. One transaction; the workflow is
 * started from the outbox. Throws ProblemError: 403 a department or hospital not one's own, 409 the id used otherwise or the event
 * reported where the actor cannot see it, 422.
 */
export async function reportClaim(deps: Deps, given: Report, under: ReportedUnder): Promise<Reported> {
  const hashLike = (kept?: string): string => bodyHash(deps.keys, { command: 'report', input: given, personId: under.actor.personId }, kept);
  const open = (): Promise<Reported> => inScope(deps.database, under.actor, (tx) => openOnce(tx, given, under, hashLike));
  try {
    const reported = await open();
    if (reported.opened) deps.onReported();
    return reported;
  } catch (error) {
    if (!isTaken(error)) throw error;
    // Somebody else's transaction was first with the key or the event: what it opened can be read now.
    return open().catch((again: unknown) => { throw isTaken(again) ? reportedOutOfSight() : again; });
  }
}

async function openOnce(tx: Tx, given: Report, { actor, actId, at, event }: ReportedUnder, hashLike: (kept?: string) => string): Promise<Reported> {
  const before = await tx.act.findUnique({ where: { personId_id: { personId: actor.personId, id: actId } } });
  if (before) {
    if (before.bodyHash !== hashLike(before.bodyHash)) fail(refusalProblem({ code: 'same-id-other-body' }));
    return before.result as unknown as Reported;
  }
  const hash = hashLike();
  const hospital = await hospitalOf(tx, given, actor);
  if (given.occurredAt > at || given.surgeryAt > at) fail(refusalProblem({ code: 'future-event', field: given.occurredAt > at ? '/occurredAt' : '/surgeryAt' }));

  const { birthDate, deceasedAt } = given.patient;
  if (deceasedAt !== undefined && deceasedAt > at) fail(refusalProblem({ code: 'future-event', field: '/patient/deceasedAt' }));
  if (birthDate !== undefined && birthDate > shanghaiDay(at)) fail(wrongInput([{ field: '/patient/birthDate', rule: { zh: '在将来', en: 'lies in the future' } }]));

  const recordNo = recordKeyOf(given, actor);
  const naturalKey = digest({ hospital: hospital.code, key: naturalKeyOf({
    patientKey: recordNo, procedureCode: given.surgeryCode ?? '-', surgeryAt: given.surgeryAt, event: event ?? (given.outcomeType === 'death' ? 'death' : 'complication'),
  }) });
  const earlier = await tx.claim.findFirst({ where: { hospital: hospital.code, naturalKey, OR: [{ closedAs: null }, { closedAs: { not: 'void' } }] }, select: { claimNo: true, version: true, hospital: true, department: true, insurer: true } });
  if (earlier) {
    const answer: Reported = { claimNo: earlier.claimNo, version: earlier.version, opened: false };
    await rememberAct(tx, earlier, { actor, actId, at }, hash, answer);
    return answer;
  }

  const patient = await keepPatient(tx, given, recordNo, hospital, actor);
  const year = Number(shanghaiDay(at).slice(0, 4));
  const claimNo = await nextClaimNumber(tx, year);
  const { events, state } = report({
    claimNo, hospital: hospital.code, department: given.department, insurer: hospital.insurer, patientId: patient.id, patientPersonId: patient.personId,
    outcomeType: given.outcomeType, occurredAt: given.occurredAt, surgeryAt: given.surgeryAt, reportedBy: actor.personId,
    channel: actor.role === 'his-feed' ? 'his' : actor.role === 'patient' ? 'portal' : 'console', calendar: await loadCalendar(tx, year),
  }, { id: actId, actor, receivedAt: at, saidAt: null, hash });
  await recordEvents(tx, { claimNo, events, state, naturalKey });
  const answer: Reported = { claimNo, version: state.version, opened: true };
  await rememberAct(tx, state, { actor, actId, at }, hash, answer);
  await tx.outbox.create({ data: { kind: START_CLAIM, key: `start:${claimNo}`, payload: startPayload(state), ...tenantOf(state) }, select: { id: true } });
  return answer;
}

type Tenant = Pick<ClaimState, 'claimNo' | 'hospital' | 'department' | 'insurer'>;
const tenantOf = ({ claimNo, hospital, department, insurer }: Tenant): Tenant => ({ claimNo, hospital, department, insurer });
const startPayload = (state: ClaimState): Prisma.InputJsonObject => ({ state } satisfies ClaimInput as unknown as Prisma.InputJsonObject);

async function rememberAct(tx: Tx, claim: Tenant, { actor, actId, at }: ReportedUnder, hash: string, answer: Reported): Promise<void> {
  await tx.act.create({
    data: { ...tenantOf(claim), id: actId, command: 'report', bodyHash: hash, personId: actor.personId, at, status: 'done', result: { ...answer } }, select: { id: true },
  });
}

/** The hospital the report is for, with its insurer: one's own, or for a patient the one named. */
async function hospitalOf(tx: Tx, given: Report, actor: Actor): Promise<{ code: string; insurer: string }> {
  const code = actor.role === 'patient' ? given.hospital : actor.hospital;
  if (code === undefined) return fail(wrongInput([{ field: '/hospital', rule: { zh: '请指明做手术的医院', en: 'name the hospital where the surgery was done' } }]));
  const outside = (given.hospital !== undefined && given.hospital !== code) || (actor.role === 'liaison' && !(actor.departments ?? []).includes(given.department));
  if (outside) {
    fail({ status: 403, code: 'not-your-department', rule: 'SPEC §1.2', field: given.hospital === undefined || given.hospital === code ? '/department' : '/hospital', text: { zh: '只能为本院、本科室上报。', en: 'You report for your own hospital, a liaison for their own departments.' } });
  }
  const hospital = await tx.hospital.findUnique({ where: { code }, select: { code: true, insurer: true } });
  return hospital ?? fail(wrongInput([{ field: '/hospital', rule: { zh: '不是本平台的医院', en: 'not a hospital of this platform' } }]));
}

/** Marks numbers that patients gave themselves. */
export const PORTAL = 'portal:';
/**
 * Under which number a patient is kept. What patients say of themselves proves nothing: it never touches, finds or betrays a row of the
 * hospital's records. Only staff link a record to a person.
 */
const recordKeyOf = ({ patient }: Report, { role, personId }: Actor): string => (role === 'patient' ? `${PORTAL}${personId}:${patient.recordNo}` : patient.recordNo);
/** The number that was given: none contains a colon. */
export const givenRecordNo = (kept: string): string => kept.slice(kept.lastIndexOf(':') + 1);

/** The insured as this department knows them: inserted, or found and completed. */
async function keepPatient(tx: Tx, given: Report, recordNo: string, { code: hospital, insurer }: { code: string; insurer: string }, actor: Actor): Promise<{ id: string; personId: string | null }> {
  const { recordNo: _, birthDate, personId: named, ...rest } = given.patient;
  const personId = actor.role === 'patient' ? actor.personId : named ?? null;
  const key = { hospital, department: given.department, recordNo };
  const known = await tx.patient.findUnique({ where: { hospital_department_recordNo: key }, select: { id: true, personId: true } });
  if (known && personId !== null && known.personId !== null && known.personId !== personId) {
    fail(wrongInput([{ field: '/patient/personId', rule: { zh: '该患者已由另一人跟进', en: 'this patient is already followed by another person' } }]));
  }
  const data = { ...rest, ...(birthDate === undefined ? {} : { birthDate: new Date(birthDate) }), ...(personId === null ? {} : { personId }) };
  if (known) return tx.patient.update({ where: { id: known.id }, data, select: { id: true, personId: true } });
  return tx.patient.create({ data: { ...key, ...data, insurer }, select: { id: true, personId: true } });
}

/** A unique key was taken: the act's, the event's, or the patient's. */
const isTaken = (error: unknown): boolean => error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';

const reportedOutOfSight = (): ProblemError => new ProblemError({
  status: 409, code: 'already-reported', rule: 'SPEC §1.1',
  text: { zh: '该事件或患者已由他人登记，请联系医院驻点专员。', en: 'This event, or this patient record, is already registered by somebody else. Ask the on-site specialist of the hospital.' },
});
