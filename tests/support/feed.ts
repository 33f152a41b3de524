import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hoursBefore, shiftBundle } from '../../dev/samples/shift';
import type { TestPerson } from './acts';

const SAMPLES = join(__dirname, '../../dev/samples/fhir');

/** A hospital's record as FHIR says it. */
export interface Bundle { entry: Array<{ resource: { resourceType: string } & Record<string, unknown> }> }

/** Sends every sample record as the hospital's system would, its surgery moved to thirty hours ago. `change` may rewrite each before. Throws unless each is taken. */
export async function feedRecords({ person }: { person(account: string): Promise<Pick<TestPerson, 'fetch'>> }, change: (bundle: Bundle) => Bundle = (bundle) => bundle): Promise<void> {
  const feed = await person('his-feed-h001');
  for (const file of (await readdir(SAMPLES)).filter((name) => name.endsWith('.json'))) {
    const { bundle } = shiftBundle(JSON.parse(await readFile(join(SAMPLES, file), 'utf8')), hoursBefore(new Date(), 30));
    const answer = await feed.fetch('/v1/intake/fhir', { method: 'POST', body: JSON.stringify(change(bundle as Bundle)), headers: { 'content-type': 'application/fhir+json', 'idempotency-key': randomUUID() } });
    if (answer.status !== 200) throw new Error(`${file} was answered ${answer.status}`);
  }
}
