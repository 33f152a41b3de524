import type { Actor, Role } from '../../../src/domain/claim';

const HOSPITAL = 'H001';
const INSURER = 'I001';
export const DEPARTMENT = 'general-surgery';

const inHospital = (role: Role, personId: string): Actor => ({ personId, sub: personId, role, hospital: HOSPITAL, ...(role === 'liaison' ? { departments: [DEPARTMENT] } : {}) });
const inInsurer = (role: Role, personId: string): Actor => ({ personId, sub: personId, role, insurer: INSURER });

export const patient: Actor = { personId: 'p-patient', sub: 'p-patient', role: 'patient' };
export const specialist = inHospital('specialist', 'p-specialist');
export const manager = inHospital('manager', 'p-manager');
export const liaison = inHospital('liaison', 'p-liaison');
export const medicalAffairs = inHospital('medical-affairs', 'p-medical-affairs');
export const reviewer = inInsurer('reviewer', 'p-reviewer-1');
export const otherReviewer = inInsurer('reviewer', 'p-reviewer-2');
export const senior = inInsurer('senior-reviewer', 'p-senior-1');
export const otherSenior = inInsurer('senior-reviewer', 'p-senior-2');
export const approver = inInsurer('approver', 'p-approver-1');
export const otherApprover = inInsurer('approver', 'p-approver-2');
export const maker = inInsurer('finance', 'p-finance-1');
export const checker = inInsurer('finance', 'p-finance-2');
export const mediator: Actor = { personId: 'p-mediator', sub: 'p-mediator', role: 'mediator' };
