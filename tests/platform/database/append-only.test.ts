import { Client } from 'pg';
import { createDatabase as open } from '../../../src/platform/database';
import { createDatabase, type TestDatabase } from '../../support/database';
import { HEART_H1, plantClaim, plantHouses } from './rows';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  const worker = open(database.workerUrl);
  await plantHouses(worker);
  await plantClaim(worker, 'KP-2026-000001', HEART_H1);
  await worker.$disconnect();
});
afterAll(() => database.drop());

const attempts = [
  "UPDATE claim_event SET at = at - interval '1 day'",
  'DELETE FROM claim_event',
  'TRUNCATE claim_event CASCADE',
  'TRUNCATE claim CASCADE',
  'DELETE FROM read_log',
];

test.each(attempts)('SPEC §3: the owner of the tables is refused too: %s', async (sql) => {
  const owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await expect(owner.query(sql)).rejects.toThrow(/append-only/);
  await owner.end();
});

test.each(attempts)('SPEC §3: the worker holds no such right: %s', async (sql) => {
  const worker = new Client({ connectionString: database.workerUrl });
  await worker.connect();
  await expect(worker.query(sql)).rejects.toThrow(/permission denied/);
  await worker.end();
});
