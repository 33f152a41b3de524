import { HOSPITAL_ROLES, INSURER_ROLES, owed, rosterHoles, ROLES, stagesOf, type Role, type Staff } from '../../../src/domain/claim';
import { IN_STAGE } from './scenario';

const one = (personId: string, roles: Role[], departments: string[] = []): Staff => ({ personId, roles, departments });
const HOUSE = [one('l', ['liaison'], ['orthopaedics']), one('s', ['specialist']), one('m', ['medical-affairs']), one('n', ['mediator'])];

test('SPEC §1.1: the stages that need a role are those in which somebody of it owes something', () => {
  for (const [stage, scenario] of Object.entries(IN_STAGE)) {
    const owing = new Set(owed(scenario().state).filter((task) => task.kind !== 'second-person').flatMap((task) => task.roles));
    for (const role of owing) expect([role, stagesOf(role)]).toEqual([role, expect.arrayContaining([stage])]);
  }
  expect(stagesOf('finance')).toEqual(['payment']);
  expect(ROLES.filter((role) => stagesOf(role).length === 0)).toEqual(['manager', 'auditor', 'ops', 'his-feed']);
});

test('SPEC §2: a full roster has no hole', () => {
  expect(rosterHoles('hospital', HOUSE, ['orthopaedics'])).toEqual([]);
});

test('SPEC §2: a department without a liaison is a hole, though the hospital has one', () => {
  expect(rosterHoles('hospital', HOUSE, ['obstetrics', 'orthopaedics'])).toEqual([{ role: 'liaison', department: 'obstetrics', stages: ['documents', 'supplement'], needs: 1, has: 0 }]);
});

test('SPEC §1.2: a payment needs two persons of finance, not two accounts of one', () => {
  const office = (finance: Staff[]) => rosterHoles('insurer', [one('r', ['reviewer', 'senior-reviewer']), one('a', ['approver']), one('n', ['mediator']), ...finance], []);
  expect(office([one('f', ['finance']), one('f', ['finance'])])).toEqual([{ role: 'finance', department: null, stages: ['payment'], needs: 2, has: 1 }]);
  expect(office([one('f', ['finance']), one('g', ['finance'])])).toEqual([]);
});

test('SPEC §2: an empty house lacks every role that a stage of its side needs', () => {
  const roles = (side: 'hospital' | 'insurer') => rosterHoles(side, [], ['orthopaedics']).map((hole) => hole.role);
  expect(roles('hospital')).toEqual([...HOSPITAL_ROLES.filter((role) => role !== 'manager' && role !== 'his-feed'), 'mediator']);
  expect(roles('insurer')).toEqual([...INSURER_ROLES, 'mediator']);
});
