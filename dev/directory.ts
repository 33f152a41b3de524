import { Client } from 'pg';
import { HOSPITALS, INSURERS, PERSONAS } from './personas';

/** Writes hospitals, insurers and the personas' accounts into the directory; what stands is brought up to date. */
export async function fillDirectory(workerDatabaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: workerDatabaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    for (const { code, name } of INSURERS) {
      await client.query('INSERT INTO insurer (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = excluded.name', [code, name]);
    }
    for (const { code, name, insurer } of HOSPITALS) {
      await client.query('INSERT INTO hospital (code, name, insurer) VALUES ($1, $2, $3) ON CONFLICT (code) DO UPDATE SET name = excluded.name, insurer = excluded.insurer', [code, name, insurer]);
    }
    for (const { account, personId, name, roles, hospital, departments, insurer } of PERSONAS) {
      await client.query(
        `INSERT INTO person (sub, person_id, name, roles, hospital, departments, insurer, active) VALUES ($1, $2, $3, $4, $5, $6, $7, true)
         ON CONFLICT (sub) DO UPDATE SET person_id = excluded.person_id, name = excluded.name, roles = excluded.roles, hospital = excluded.hospital,
           departments = excluded.departments, insurer = excluded.insurer`,
        [account, personId, name, roles, hospital ?? null, departments ?? [], insurer ?? null],
      );
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
