import type { Role } from '../src/domain/claim/people';

/**
 * The people of the local stack: every role of SPEC §1.2 in two hospitals and two insurers, and as many of each as acts that need
 * two persons, and disputes that need people who have not seen the claim, ask for. All names are made up.
 */
export interface Persona {
  /** The account (`sub`), and what `npm run token -- <persona>` takes. */
  account: string;
  /** The human being: two accounts of one person share it, and four-eyes rules compare it. */
  personId: string;
  name: string;
  roles: Role[];
  hospital?: string;
  departments?: string[];
  insurer?: string;
}

export const INSURERS = [
  { code: 'I001', name: '安康人寿 Ankang Life' },
  { code: 'I002', name: '长宁财险 Changning Property & Casualty' },
] as const;

export const HOSPITALS = [
  { code: 'H001', name: '东湖医院 Donghu Hospital', insurer: 'I001' },
  { code: 'H002', name: '西岭医院 Xiling Hospital', insurer: 'I002' },
] as const;

/** A liaison nurse sees her own departments only: two nurses, so that the border between them can be seen. */
const CHEST = ['cardiac-surgery', 'thoracic-surgery', 'vascular-surgery'];
const GENERAL = ['general-surgery', 'orthopaedics', 'obstetrics'];

export const PERSONAS: readonly Persona[] = [
  ...staffOf('H001', ['刘敏', '陈静', '王海', '赵磊', '孙洁', '周涛', '吴琳']),
  ...staffOf('H002', ['杨柳', '黄蓉蓉', '徐亮', '朱峰', '马超群', '胡萍', '郭颖']),
  ...officeOf('I001', ['林芳', '何勇', '高翔', '罗兰', '郑凯', '梁雪', '宋阳', '唐宁', '许诺']),
  ...officeOf('I002', ['韩梅', '冯刚', '邓丽', '曹阳', '彭博', '曾妮', '萧然', '田甜', '董卿云']),

  // One person with two accounts: reviewer in one, approver in the other. She may never approve what she recommended.
  { account: 'twin-reviewer-i001', personId: 'P-I001-TWIN', name: '沈双', roles: ['reviewer'], insurer: 'I001' },
  { account: 'twin-approver-i001', personId: 'P-I001-TWIN', name: '沈双', roles: ['approver'], insurer: 'I001' },

  { account: 'patient-a', personId: 'P-PATIENT-A', name: '张伟', roles: ['patient'] },
  { account: 'patient-b', personId: 'P-PATIENT-B', name: '李娜', roles: ['patient'] },
  { account: 'mediator-a', personId: 'P-MEDIATOR-A', name: '顾中正', roles: ['mediator'] },
  { account: 'mediator-b', personId: 'P-MEDIATOR-B', name: '秦公平', roles: ['mediator'] },
  { account: 'auditor', personId: 'P-AUDITOR', name: '方明察', roles: ['auditor'] },
  { account: 'ops', personId: 'P-OPS', name: '石运维', roles: ['ops'] },
];

/** The persona of that account. Throws with the accounts there are. */
export function personaOf(account: string): Persona {
  const persona = PERSONAS.find((one) => one.account === account);
  if (persona === undefined) throw new Error(`There is no persona "${account}". There are: ${PERSONAS.map((one) => one.account).join(', ')}.`);
  return persona;
}

type SevenNames = [string, string, string, string, string, string, string];
type NineNames = [...SevenNames, string, string];

function staffOf(hospital: string, names: SevenNames): Persona[] {
  const at = (role: Role, letter: string, name: string, departments?: string[]): Persona => ({
    account: `${role}${letter === '' ? '' : `-${letter}`}-${hospital.toLowerCase()}`,
    personId: `P-${hospital}-${role}${letter === '' ? '' : `-${letter}`}`.toUpperCase(), name, roles: [role], hospital, ...(departments === undefined ? {} : { departments }),
  });
  return [
    at('liaison', 'a', names[0], CHEST), at('liaison', 'b', names[1], GENERAL),
    at('specialist', 'a', names[2]), at('specialist', 'b', names[3]),
    at('manager', '', names[4]),
    at('medical-affairs', 'a', names[5]), at('medical-affairs', 'b', names[6]),
    at('his-feed', '', `${hospital} hospital information system`),
  ];
}

function officeOf(insurer: string, names: NineNames): Persona[] {
  const at = (role: Role, letter: string, name: string): Persona => ({
    account: `${role}-${letter}-${insurer.toLowerCase()}`, personId: `P-${insurer}-${role}-${letter}`.toUpperCase(), name, roles: [role], insurer,
  });
  return [
    at('reviewer', 'a', names[0]), at('reviewer', 'b', names[1]), at('reviewer', 'c', names[2]),
    at('senior-reviewer', 'a', names[3]), at('senior-reviewer', 'b', names[4]),
    at('approver', 'a', names[5]), at('approver', 'b', names[6]),
    at('finance', 'a', names[7]), at('finance', 'b', names[8]),
  ];
}
