/** Claims for the tests of the inbox, judged by people of the directory, under times that lie around now. */
import type { Actor } from '../../src/domain/claim';
import type { Scenario } from '../domain/claim/scenario';
import { given, inAcceptance, judgement } from '../domain/claim/scenario';

const person = (role: Actor['role'], account: string, house: Partial<Actor>): Actor => ({ personId: `P-${account.split('-').reverse()[0]!.toUpperCase()}-${account.split('-').slice(0, -1).join('-').toUpperCase()}`, sub: account, role, ...house });

export const REVIEWER_A = person('reviewer', 'reviewer-a-i001', { insurer: 'I001' });
export const REVIEWER_B = person('reviewer', 'reviewer-b-i001', { insurer: 'I001' });
export const APPROVER_A = person('approver', 'approver-a-i001', { insurer: 'I001' });

export const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

export const collecting = (hours: number): Scenario => given({ at: ago(hours), patientPersonId: 'P-PATIENT-A' });
export const inAcceptanceOf = (way: Parameters<typeof inAcceptance>[0] = {}): Scenario => inAcceptance({ at: ago(2), patientPersonId: 'P-PATIENT-A', ...way });
/** Accepted by reviewer A; the review lies in the pool. */
export const acceptedByA = (): Scenario => inAcceptanceOf().at(ago(1)).act('accept-file', {}, REVIEWER_A);
export const recommendedByA = (): Scenario => { const s = acceptedByA(); return s.act('recommend', judgement(s), REVIEWER_A); };
export const returnedByApprover = (): Scenario => recommendedByA().at(ago(0.5)).act('return-to-review', { note: '请说明依据' }, APPROVER_A);
