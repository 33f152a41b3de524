import { asSuperuser } from '../../dev/postgres';
import { verifyAudit } from '../../src/platform/audit/verify';
import { feedRecords } from '../support/feed';
import { aReport, newClaim, paid, travel } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';

/** Where a name may stand in clear: people search patients by it, and the directory says who is who. */
const MEANT_FOR_NAMES = ['patient.name', 'person.name'];
const IDENTITY = '11010119900307451X';
const PHONE = '13800138011';

let stack: TestStack;
beforeAll(async () => { stack = await startStack(); }, 120_000);
afterAll(() => stack.close());

/** Every column of every table as text, as a dump would have it. */
async function dump(): Promise<Map<string, string>> {
  const columns = new Map<string, string>();
  await asSuperuser(Number(new URL(stack.databaseUrl).port), 'kuaipei', async (client) => {
    const { rows } = await client.query<{ tbl: string; col: string }>("SELECT table_name AS tbl, column_name AS col FROM information_schema.columns WHERE table_schema = 'public'");
    for (const { tbl, col } of rows) {
      const { rows: [all] } = await client.query<{ text: string | null }>(`SELECT string_agg("${col}"::text, E'\\n') AS text FROM "${tbl}"`);
      columns.set(`${tbl}.${col}`, all?.text ?? '');
    }
  });
  return columns;
}

test('issue 5: after a whole claim the database dump contains no identity number, phone or account in clear, and names only in the columns meant for them', async () => {
  await feedRecords(stack);
  const { claimNo } = await travel(stack, newClaim(), null);
  await paid(stack, claimNo);
  const specialist = await stack.person('specialist-a-h001');
  const report = aReport(9_000) as { patient: object };
  await specialist.report({ ...report, patient: { ...report.patient, identityNumber: IDENTITY, phone: PHONE } });

  const { database } = stack;
  const [patients, payees, parts] = await Promise.all([database.patient.findMany(), database.payee.findMany(), database.claimEventPersonal.findMany()]);
  const some = (values: Array<string | null>): string[] => [...new Set(values.filter((one): one is string => one !== null && [...one].length >= 3))];
  const sealed = some([...patients.flatMap(({ identityNumber, phone }) => [identityNumber, phone]), ...payees.flatMap(({ holder, account }) => [holder, account]), '术后出血', ...parts.map(({ salt }) => salt)]);
  const names = some(patients.flatMap(({ name }) => [name, ...name.split(/[\s,]+/)]));
  // The search is awake.
  expect(sealed).toEqual(expect.arrayContaining([IDENTITY, PHONE, '6222000000000001', '收款人1']));
  expect(JSON.stringify(parts.map(({ content }) => content))).toContain('6222000000000001');
  expect(names).toEqual(expect.arrayContaining(['旅行者1', '旅行者9000']));

  const columns = await dump();
  expect(columns.get('claim_event.hash')).toMatch(/^[0-9a-f]{64}/);
  const where = (words: string[]): string[] => [...columns].filter(([, text]) => words.some((word) => text.includes(word))).map(([column]) => column).sort();
  expect(where(sealed)).toEqual([]);
  expect(where(names).filter((column) => !MEANT_FOR_NAMES.includes(column))).toEqual([]);
  console.log(`searched ${columns.size} columns for ${sealed.length} sealed values and ${names.length} names`);
  expect((await verifyAudit(database)).broken).toBeNull();
}, 180_000);
