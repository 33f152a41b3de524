/** A report as it is typed, and as the server takes it (`POST /v1/claims`). */
import type { components } from '../api/schema';
import type { Person } from '../session/session';
import { instantOf, typedTime } from '../words/time';

type Report = components['schemas']['Report'];
export interface Moment { day: string; time: string }

export interface TypedReport {
  /** Of the refused report that this one is the next version of. */
  localId: string | null;
  outcomeType: Report['outcomeType'] | null;
  recordNo: string; name: string; department: string;
  occurred: Moment; surgery: Moment;
  sex: string; birthDate: string; phone: string; surgeryCode: string; died: Moment;
}

const DEPARTMENT = 'kuaipei.department';
const EMPTY: Moment = { day: '', time: '' };

/** What a report begins with: it happened now, after an operation of today, where the person reported last. */
export function newReport({ departments = [] }: Person, now = new Date()): TypedReport {
  const present = typedTime(now);
  const last = localStorage.getItem(DEPARTMENT) ?? '';
  const department = departments.length === 0 || departments.includes(last) ? last : departments.length === 1 ? departments[0] ?? '' : '';
  return { localId: null, outcomeType: null, recordNo: '', name: '', department, occurred: present, surgery: { day: present.day, time: '' }, sex: '', birthDate: '', phone: '', surgeryCode: '', died: EMPTY };
}

export const rememberDepartment = (department: string): void => { localStorage.setItem(DEPARTMENT, department); };

export type Missing = 'recordNo' | 'name' | 'outcomeType' | 'surgery' | 'occurred' | 'department';

/** What is still missing before it can be sent; a time that lies ahead counts as missing. */
export function missingIn(typed: TypedReport, now = Date.now()): Missing[] {
  const past = (moment: Moment): boolean => Date.parse(instantOf(moment) ?? '') <= now;
  const there: Record<Missing, boolean> = {
    recordNo: typed.recordNo.trim() !== '', name: typed.name.trim() !== '', outcomeType: typed.outcomeType !== null, occurred: past(typed.occurred), surgery: past(typed.surgery), department: typed.department !== '',
  };
  return (Object.keys(there) as Missing[]).filter((one) => !there[one]);
}

/** The body of the report; null while something is missing. */
export function reportOf(typed: TypedReport): Report | null {
  const { outcomeType, department, sex, birthDate, phone, surgeryCode } = typed;
  const [occurredAt, surgeryAt, deceasedAt] = [instantOf(typed.occurred), instantOf(typed.surgery), instantOf(typed.died)];
  if (missingIn(typed).length > 0 || outcomeType === null || occurredAt === null || surgeryAt === null) return null;
  return {
    department, outcomeType, occurredAt, surgeryAt,
    patient: {
      recordNo: typed.recordNo.normalize('NFKC').trim(), name: typed.name.trim(),
      ...(sex === '' ? {} : { sex: sex as NonNullable<Report['patient']['sex']> }), ...(birthDate === '' ? {} : { birthDate }), ...(phone.trim() === '' ? {} : { phone: phone.normalize('NFKC').trim() }),
      ...(outcomeType !== 'death' || deceasedAt === null ? {} : { deceasedAt }),
    },
    ...(surgeryCode.trim() === '' ? {} : { surgeryCode: surgeryCode.trim() }),
  };
}
