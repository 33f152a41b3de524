/** A run with a hundred claims of made-up persons, through the public API as every role: what the leak search then looks for. */
import { randomUUID } from 'node:crypto';
import { paper } from '../../../dev/paper';
import type { Stack } from '../../../dev/stack';
import { createDatabase } from '../../../src/platform/database';
import { openKeyFile } from '../../../src/platform/keys/key-ring';
import { createActLog, signInAs, type TestPerson } from '../../support/acts';
import { feedRecords, type Bundle } from '../../support/feed';
import { newClaim, paid, travel, type StepName } from '../../support/journey';
import type { TestStack } from '../../support/stack';
import { canary, type Canary } from './canaries';

const LANES = 4;
/** Of every ten claims: how far each goes. */
const ENDS: Array<StepName | null> = [null, 'check-payment', 'make-payment', 'approve', 'recommend', 'accept-file', 'upload-documents', 'submit-facts', 'submit-facts', 'submit-facts'];

/** Plays `count` claims; the first of every ten is paid. Answers how many were opened and paid. */
export async function play(stack: Stack, count: number): Promise<{ opened: number; paid: number }> {
  const database = createDatabase(stack.workerDatabaseUrl, { connections: 4, keys: openKeyFile(stack.environment['KEY_FILE'] ?? '') });
  const log = createActLog(), known = new Map<string, Promise<TestPerson>>();
  const real = (account: string): Promise<TestPerson> => known.get(account) ?? known.set(account, signInAs(stack, account, log)).get(account)!;
  let settled = 0, next = 0;
  try {
    await Promise.all(Array.from({ length: LANES }, async () => {
      for (let n = next++; n < count; n = next++) {
        const claim = newClaim(), end = ENDS[n % ENDS.length]!;
        const here = { database, person: async (account: string) => asCanary(await real(account), canary(n)) } as unknown as TestStack;
        await travel(here, claim, end);
        if (end === null) { await paid(here, claim.claimNo); settled += 1; }
        await beWrong(await real('specialist-a-h001'), canary(n), claim.claimNo);
        if (end === null) await leaveUnfinished(await real('specialist-b-h001'), canary(n), claim.claimNo);
      }
    }));
    let n = count;
    await feedRecords({ person: real }, (bundle) => named(bundle, canary(n++)));
    return { opened: await database.claim.count(), paid: settled };
  } finally {
    await database.$disconnect();
  }
}

/** The journey's people, who speak of this person: in reports, facts, payees, and in papers whose name and content say who it is. */
function asCanary(person: TestPerson, of: Canary): TestPerson {
  const { recordNo, name, identityNumber, phone, holder, account, words } = of;
  const told = (body: unknown): unknown => {
    const { patient, narrative, payees, ...rest } = body as { patient?: object; narrative?: string; payees?: object[] };
    return { ...rest, ...(patient && { patient: { ...patient, recordNo, name, identityNumber, phone } }), ...(narrative && { narrative: words }), ...(payees && { payees: payees.map((one) => ({ ...one, holder, account })) }) };
  };
  return {
    ...person, report: (body, key) => person.report(told(body), key), act: (claimNo, command, body, key) => person.act(claimNo, command, told(body), key),
    upload: (claimNo, kind, _fileName, _content) => person.upload(claimNo, kind, `${name} ${identityNumber} ${kind}.pdf`, paper(kind, [claimNo, name, identityNumber, phone, account, holder])),
  };
}

/** Errors and searches are where names slip out: what is refused, what is not found, what nobody may know. */
async function beWrong(person: TestPerson, { name, identityNumber, phone, recordNo, account, words }: Canary, claimNo: string): Promise<void> {
  const json = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  for (const asked of [name, identityNumber, phone]) await person.fetch(`/v1/claims?q=${encodeURIComponent(asked)}`);
  await person.fetch(`/v1/tasks?q=${encodeURIComponent(name)}`);
  await person.fetch(`/v1/claims/${encodeURIComponent(name)}`);
  await person.fetch(`/v1/people/${identityNumber}?phone=${phone}`);
  await person.sendReport({ department: name, patient: { recordNo, name: identityNumber, phone: name, identityNumber: words }, surgeryAt: phone });
  await person.sendReport({ department: 'general-surgery', patient: { recordNo: name, name }, [account]: identityNumber });
  await person.fetch('/v1/claims', { method: 'POST', headers: json, body: `{"patient":{"name":"${name}","name":"${phone}"` });
  await person.fetch('/v1/intake/fhir', { method: 'POST', headers: { ...json, 'content-type': 'application/fhir+json' }, body: JSON.stringify({ resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Patient', id: name, name: identityNumber, telecom: phone } }] }) });
  await person.send(claimNo, 'set-payee', { payees: [{ holder: name, bank: words, account: phone, share: account }] });
  await person.send(claimNo, 'void', { note: words, survivor: name });
  await person.fetch('/v1/patient-sessions', { method: 'POST', headers: json, body: JSON.stringify({ code: `${name}${phone}` }) });
  await person.fetch(`/v1/documents/${encodeURIComponent(name)}`, { headers: { authorization: `Bearer ${identityNumber}` } });
}

/** An upload that is begun and never ended: what is there of it lies with the staging. */
async function leaveUnfinished(person: TestPerson, { name, identityNumber, phone, words }: Canary, claimNo: string): Promise<void> {
  const metadata = { claimNo, kind: 'other', filename: `${name} ${phone}.pdf`, sha256: 'a'.repeat(64) };
  const tus = { 'tus-resumable': '1.0.0', 'upload-metadata': Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(',') };
  const begun = await person.fetch('/v1/uploads', { method: 'POST', headers: { ...tus, 'upload-length': '5000' } });
  await person.fetch(begun.headers.get('location') ?? '/', { method: 'PATCH', headers: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }, body: paper(name, [name, identityNumber, words]) });
}

/** A record of the hospital under this person's name, telephone and identity number. */
const named = (bundle: Bundle, { name, identityNumber, phone }: Canary): Bundle => ({
  ...bundle,
  entry: bundle.entry.map((one) => (one.resource.resourceType !== 'Patient' ? one : {
    ...one, resource: {
      ...one.resource, name: [{ text: name, family: name }], telecom: [{ system: 'phone', value: phone }],
      identifier: [...(one.resource['identifier'] as Array<{ system?: string }>).filter(({ system }) => !system?.includes('us-ssn')), { type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'NI' }] }, value: identityNumber }],
    },
  })),
});
