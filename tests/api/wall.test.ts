import { COMMAND_NAMES, COMMANDS, isPersonsAct, PERSONS_ACTS, ROLES, STAGE_NAMES, type Role, type Stage } from '../../src/domain/claim';
import { createDatabase } from '../../src/platform/database';
import { IN_STAGE } from '../domain/claim/scenario';
import { plant } from './planted';
import { startStack, type Stack } from './stack';

let stack: Stack;
const claims = {} as Record<Stage, string>;

/** A claim in each stage, played through the rules and recorded; its process is asked for by the first act that is taken. */
beforeAll(async () => {
  stack = await startStack();
  const database = createDatabase(stack.database.workerUrl);
  for (const [n, stage] of STAGE_NAMES.entries()) {
    claims[stage] = `KP-2026-9${String(n).padStart(5, '0')}`;
    await plant(database, IN_STAGE[stage]({ patientPersonId: 'P-PATIENT-A' }), claims[stage]);
  }
  await database.$disconnect();
}, 240_000);
afterAll(() => stack.stop());

const ACCOUNT: Record<Role, string> = {
  patient: 'patient-a', liaison: 'liaison-b-h001', specialist: 'specialist-a-h001', manager: 'manager-h001', 'medical-affairs': 'medical-affairs-a-h001',
  reviewer: 'reviewer-a-i001', 'senior-reviewer': 'senior-reviewer-a-i001', approver: 'approver-a-i001', mediator: 'mediator-a', finance: 'finance-a-i001',
  auditor: 'auditor', ops: 'ops', 'his-feed': 'his-feed-h001',
};

describe('FAULTS 31: the wall of wrong acts, through the API', () => {
  test.each(STAGE_NAMES)('in %s every command of every role that the table does not list is refused with what is allowed instead', async (stage) => {
    const claimNo = claims[stage];
    const before = (await stack.get('auditor', `/v1/claims/${claimNo}`)).body.version;
    await Promise.all(ROLES.map(async (role) => {
      const account = ACCOUNT[role];
      const seen = await stack.get(account, `/v1/claims/${claimNo}`);
      // SPEC §1.2: a mediator sees the claims whose panel names them; this one names another.
      expect([role, seen.status]).toEqual([role, role === 'mediator' ? 404 : 200]);
      for (const command of PERSONS_ACTS) {
        const row = COMMANDS[command];
        const theirs = (row.by as Role[]).includes(role);
        const listed = theirs && row.stages.includes(stage);
        // What the table lists must not happen here: a body that no command takes keeps it from it.
        const answer = await stack.post(account, `/v1/claims/${claimNo}/acts/${command}`, listed ? { nonsense: true } : row.example);
        const where = `${command} by ${role} in ${stage}`;
        if (listed) expect([where, answer.status, answer.body.code]).toEqual([where, 422, 'invalid-input']);
        else if (role === 'mediator') expect([where, answer.status]).toEqual([where, 404]);
        else expect([where, answer.status, answer.body.code, answer.body.allowed]).toEqual([where, theirs ? 409 : 403, theirs ? 'not-now' : 'not-your-role', seen.body.allowed]);
      }
    }));
    expect((await stack.get('auditor', `/v1/claims/${claimNo}`)).body.version).toBe(before);
  }, 180_000);

  test('what only systems state has no address for people', async () => {
    for (const command of COMMAND_NAMES.filter((name) => !isPersonsAct(name))) {
      const answer = await stack.post('ops', `/v1/claims/${claims.payment}/acts/${command}`, COMMANDS[command].example);
      expect([command, answer.status]).toEqual([command, 404]);
    }
  });
});
