/** What must hold of an act's body outside the claim, in documents and directory, before the claim is asked. */
import { type ClaimState, type CommandInput, type CommandName, type Task } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { fail, wrongInput } from '../problems';
import { givenRecordNo } from './report';

type Attached = CommandInput<'upload-documents'>['documents'][number];

/** By command; each throws ProblemError (422) naming the field. */
export const PREFLIGHTS: Partial<Record<CommandName, (tx: Tx, state: ClaimState, input: unknown) => Promise<void>>> = {
  'upload-documents': (tx, state, input) => areStored(tx, state, (input as CommandInput<'upload-documents'>).documents, (n) => `/documents/${n}`),
  'supersede-document': (tx, state, input) => areStored(tx, state, [(input as CommandInput<'supersede-document'>).document], () => '/document'),
  'void': (tx, state, input) => survives(tx, state, (input as CommandInput<'void'>).survivor, '/survivor'),
  // Time has passed since it was proposed.
  'confirm-proposal': async (tx, state, input) => {
    const proposed = state.proposals.find((one) => one.proposalId === (input as CommandInput<'confirm-proposal'>).proposalId);
    if (proposed?.command === 'void') await survives(tx, state, (proposed.input as CommandInput<'void'>).survivor, '/proposalId');
  },
  'reassign-task': (tx, state, input) => mayReceive(tx, state, input as CommandInput<'reassign-task'>),
};

/** SPEC §1.3: what the body says of a file must be what the server found when it received it. */
async function areStored(tx: Tx, state: ClaimState, documents: readonly Attached[], at: (index: number) => string): Promise<void> {
  const rows = await tx.document.findMany({ where: { claimNo: state.claimNo, id: { in: documents.map((d) => d.documentId) }, status: { in: ['stored', 'attached'] } } });
  const errors = documents.flatMap((d, index) => {
    const row = rows.find((one) => one.id === d.documentId);
    if (!row) return [{ field: `${at(index)}/documentId`, rule: { zh: '本案没有以此编号上传的文件：请先上传', en: 'no file of this claim was uploaded under this id; upload it at /v1/uploads first' } }];
    const wrong = ([['kind', row.kind], ['sha256', row.sha256], ['bytes', Number(row.bytes)], ['mediaType', row.mediaType]] as const).filter(([field, found]) => d[field] !== found);
    return wrong.map(([field]) => ({ field: `${at(index)}/${field}`, rule: { zh: '与服务器在所传文件中看到的不符', en: 'not what the server found in the uploaded file' } }));
  });
  if (errors.length > 0) fail(wrongInput(errors));
}

/** SPEC §1.1: a duplicate is void for the sake of a claim that stays: of the same patient and hospital, seen by the actor, and not yielding to this one. */
async function survives(tx: Tx, state: ClaimState, survivor: string, field: string): Promise<void> {
  if (survivor === state.claimNo) return; // for the claim to refuse
  const row = await tx.claim.findUnique({ where: { claimNo: survivor }, select: { hospital: true, patientId: true, closedAs: true, state: true } });
  if (row?.hospital !== state.hospital) return fail(wrongInput([{ field, rule: { zh: '保留的案件须属于同一医院，并在您的范围内', en: 'the claim that survives must be one of the same hospital, within your scope' } }]));
  if (!(await isOnePatient(tx, state.patientId, row.patientId))) fail(wrongInput([{ field, rule: { zh: '保留的案件须属于同一患者（病历号或证件号码相同）', en: 'the claim that survives must be one of the same patient: the same record number or identity number' } }]));
  const other = row.state as unknown as ClaimState;
  if (row.closedAs === 'void' || other.ending === 'voided') fail(wrongInput([{ field, rule: { zh: '保留的案件本身已作废', en: 'the claim that survives is void itself' } }]));
  const yields = other.proposals.some((one) => one.command === 'void' && (one.input as CommandInput<'void'>).survivor === state.claimNo);
  if (yields) fail(wrongInput([{ field, rule: { zh: '保留的案件正被提议为本案作废：请先否决该提议', en: 'the claim that survives is proposed to be void in favour of this one: have that declined first' } }]));
}

/** Of one hospital: one row, or rows that departments and the patient made of one person. Nobody else's claim can stand for a patient's own. */
async function isOnePatient(tx: Tx, ...ids: [string, string]): Promise<boolean> {
  if (ids[0] === ids[1]) return true;
  const [one, other] = await tx.patient.findMany({ where: { id: { in: ids } }, select: { recordNo: true, identityIndex: true } });
  if (!one || !other) return false;
  return givenRecordNo(one.recordNo) === givenRecordNo(other.recordNo) || (one.identityIndex !== null && one.identityIndex === other.identityIndex);
}

/** Is this account of a role that owes the task, and of the claim's house and department? */
export const fitsTask = (state: ClaimState, task: Task, { roles, hospital, departments, insurer }: { roles: string[]; hospital: string | null; departments: string[]; insurer: string | null }): boolean =>
  task.roles.some((role) => roles.includes(role))
  && (hospital === state.hospital ? !roles.includes('liaison') || departments.includes(state.department) || roles.length > 1 : insurer === state.insurer || roles.includes('mediator'));

/** SPEC §1.6: a task goes to somebody active, of a role that owes it, and of the same house. An unknown task is for the claim to refuse. */
async function mayReceive(tx: Tx, state: ClaimState, { taskId, to }: CommandInput<'reassign-task'>): Promise<void> {
  const task = state.tasks.find((one) => one.taskId === taskId);
  if (!task || (task.roles.includes('patient') && to === state.patientPersonId)) return;
  const accounts = await tx.person.findMany({ where: { personId: to, active: true }, select: { roles: true, hospital: true, departments: true, insurer: true } });
  if (!accounts.some((account) => fitsTask(state, task, account))) fail(wrongInput([{ field: '/to', rule: { zh: `须为同一单位在职人员，角色为：${task.roles.join('、')}`, en: `must be an active person of the same house in one of the roles ${task.roles.join(', ')}` } }]));
}
