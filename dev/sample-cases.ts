import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { signIn } from './client';
import { hoursBefore, shiftBundle } from './samples/shift';
import type { Stack } from './stack';

/** Hospital records that open a claim each, and how long ago their surgery shall have been. */
const CASES = [
  { file: '83ae6992-dd3d-0e9a-c63c-a85e57a62cec.json', hoursAgo: 6 }, // bypass, re-exploration: serious complication
  { file: 'd0b42f62-f2e1-9208-eaf2-e0164a6810b6.json', hoursAgo: 8 }, // bypass, transfusion: minor complication
  { file: 'eda17701-070d-4fae-9f7d-c8cd6263b63a.json', hoursAgo: 3 }, // bypass, death
] as const;

/** Opens the sample claims on a stack that has no claim yet, as the hospital's information system would; answers their numbers. */
export async function takeSampleCases(stack: Stack): Promise<string[]> {
  if (await hasClaims(stack.workerDatabaseUrl)) return [];
  const feed = await signIn(stack, 'his-feed-h001');
  const opened: string[] = [];
  for (const { file, hoursAgo } of CASES) {
    const record: unknown = JSON.parse(await readFile(join(__dirname, 'samples', 'fhir', file), 'utf8'));
    const answer = await feed.post<{ opened: Array<{ claimNo: string }> }>('/v1/intake/fhir', shiftBundle(record, hoursBefore(new Date(), hoursAgo)).bundle);
    opened.push(...answer.opened.map((one) => one.claimNo));
  }
  return opened;
}

async function hasClaims(workerDatabaseUrl: string): Promise<boolean> {
  const client = new Client({ connectionString: workerDatabaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ some: boolean }>('SELECT EXISTS (SELECT FROM claim) AS some');
    return rows[0]?.some ?? false;
  } finally {
    await client.end();
  }
}
