import { randomBytes } from 'node:crypto';
import { asSuperuser, postgresUrl } from '../../dev/postgres';
import { server } from './servers';

export interface TestDatabase {
  /** Owns the tables; for checks on the catalogue, and for planting what no role of the application may write. */
  ownerUrl: string;
  /** Row-level security by the scope that is set. */
  apiUrl: string;
  workerUrl: string;
  /** Figures of one house, nothing personal. */
  reportsUrl: string;
  /** Removes what a recorded event says is erased. */
  eraserUrl: string;
  /** PostgreSQL's superuser, whom no lock holds: for attacks on the audit chain. */
  superuserUrl: string;
  drop(): Promise<void>;
}

/** A fresh database with all migrations applied and no rows; about 50 ms. */
export async function createDatabase(): Promise<TestDatabase> {
  const { port, template } = await server('postgres');
  return createFrom(port, template);
}

/** A database without any table, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const { port } = await server('postgres');
  return createFrom(port, 'template0');
}

async function createFrom(port: number, template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(port, 'postgres', (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER kuaipei`));
  return {
    ownerUrl: postgresUrl('kuaipei', port, name),
    apiUrl: postgresUrl('kuaipei_api', port, name),
    workerUrl: postgresUrl('kuaipei_worker', port, name),
    reportsUrl: postgresUrl('kuaipei_reports', port, name),
    eraserUrl: postgresUrl('kuaipei_eraser', port, name),
    superuserUrl: postgresUrl('postgres', port, name),
    drop: () => asSuperuser(port, 'postgres', async (client) => { await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`); }),
  };
}
