import { Client } from 'pg';
import { createDatabase } from './database';
import { temporalAddress, timeSkippingEnvironment } from './temporal';
import { reachTemporal } from '../../dev/temporal';

test('a test gets a database of its own, in which every role of the application can sign in', async () => {
  const [one, other] = await Promise.all([createDatabase(), createDatabase()]);
  expect(one.ownerUrl).not.toBe(other.ownerUrl);
  for (const url of [one.ownerUrl, one.apiUrl, one.workerUrl]) {
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ super: boolean }>('SELECT rolsuper OR rolbypassrls AS super FROM pg_roles WHERE rolname = current_user');
    expect(rows).toEqual([{ super: false }]);
    await client.end();
  }
  await Promise.all([one.drop(), other.drop()]);
});

test('the Temporal server of the run knows our namespace and search attributes', async () => {
  const { address, namespace } = await temporalAddress();
  expect(namespace).toBe('kuaipei');
  await expect(reachTemporal(address)).resolves.toBeUndefined();
});

test('time can be skipped', async () => {
  const env = await timeSkippingEnvironment();
  try {
    const before = await env.currentTimeMs();
    await env.sleep('15 days');
    expect(await env.currentTimeMs() - before).toBeGreaterThanOrEqual(15 * 24 * 3_600_000);
  } finally {
    await env.teardown();
  }
});
