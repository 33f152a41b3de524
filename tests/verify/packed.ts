import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gather } from '../../src/api/evidence/files';
import { packOf } from '../../src/api/evidence/pack';
import type { Actor, ClaimState } from '../../src/domain/claim';
import { anchorHeads } from '../../src/platform/audit/ledger';
import { recordEvents } from '../../src/platform/claims/record';
import { asWorker, createDatabase as open, inScope, type Database } from '../../src/platform/database';
import { createFolderStore } from '../../src/platform/documents/folder-store';
import type { DocumentStore } from '../../src/platform/documents/store';
import { openKeyFile, type KeyRing } from '../../src/platform/keys/key-ring';
import { currentSigner } from '../../src/platform/keys/sign';
import type { Source } from '../../src/verify/zip';
import { CLAIM_NO, PEOPLE, type Scenario } from '../domain/claim/scenario';
import { createDatabase, type TestDatabase } from '../support/database';
import { freshKeys } from '../support/keys';

/** A claim in a database, its documents in a store and its head in the ledger: all that packs are made from. */
export interface Case {
  database: TestDatabase; worker: Database; api: Database; store: DocumentStore; keys: KeyRing; keyFile: string; folder: string; state: ClaimState;
  /** Contents by document. */
  contents: Map<string, Buffer>;
  anchor(): Promise<number>;
  pack(actor?: Actor, readsUntil?: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** Records the scenario under its own number, with a content of random bytes for each document: the first of 200 KB, the others small. */
export async function packedCase(scenario: Scenario, mediators: string[] = []): Promise<Case> {
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-evidence-'));
  const { file: keyFile } = freshKeys(folder);
  const keys = openKeyFile(keyFile);
  const database = await createDatabase();
  const worker = open(database.workerUrl, { keys }), api = open(database.apiUrl, { keys });
  const store = createFolderStore(folder, keys);
  const contents = new Map<string, Buffer>();
  let text = JSON.stringify({ state: scenario.state, events: scenario.events });
  for (const [n, { documentId, sha256, bytes }] of scenario.state.documents.entries()) {
    const content = randomBytes(n === 0 ? 200_000 : 500 + n);
    contents.set(documentId, content);
    text = text.replaceAll(`${sha256}","bytes":${bytes}`, `${sha256}","bytes":${content.length}`).replaceAll(sha256, createHash('sha256').update(content).digest('hex'));
  }
  const { state, events } = JSON.parse(text) as Pick<Scenario, 'state' | 'events'>;
  const { hospital, department, insurer } = state;
  await asWorker(worker, async (tx) => {
    await tx.insurer.create({ data: { code: insurer, name: 'One' } });
    await tx.hospital.create({ data: { code: hospital, name: 'First', insurer } });
    await tx.person.createMany({ data: [{ sub: 'acc-specialist', personId: 'specialist', name: '驻点甲', roles: ['specialist'], hospital }] });
    await tx.patient.create({ data: { id: state.patientId, hospital, department, insurer, recordNo: CLAIM_NO, name: '患者' } });
    await recordEvents(tx, { claimNo: CLAIM_NO, events, state, naturalKey: CLAIM_NO });
    await tx.claim.update({ where: { claimNo: CLAIM_NO }, data: { mediators } });
    for (const [n, { documentId, kind, sha256, mediaType }] of state.documents.entries()) {
      const content = contents.get(documentId)!;
      const objectKey = await store.objects.put(`documents/${documentId}`, content, content.length);
      await tx.document.create({ data: {
        id: documentId, claimNo: CLAIM_NO, kind, fileName: `材料 ${n + 1}‮.pdf`, bytes: content.length, mediaType, sha256, storageKey: `documents/${documentId}`, objectKey, status: 'attached', flags: [], attachedAt: new Date(state.reportedAt),
        uploadedBy: 'specialist', uploadedAt: new Date(state.reportedAt), hospital, department, insurer,
      } });
    }
  });
  const now = new Date('2026-11-22T10:00:00.000Z');
  return {
    database, worker, api, store, keys, keyFile, folder, state, contents,
    anchor: () => anchorHeads({ database: worker, keys, now: () => now }, now.toISOString()),
    async pack(actor = PEOPLE.auditor, readsUntil = state.lastEventAt) {
      const gathered = await inScope(api, actor, (tx) => gather(tx, actor, state, readsUntil, keys));
      const { stream, length } = await packOf(gathered, { claimNo: CLAIM_NO, version: state.version, seenAs: actor.role, readsUntil }, store.objects, currentSigner(keys));
      const bytes = Buffer.concat(await stream().toArray() as Buffer[]);
      if (bytes.length !== length) throw new Error(`said ${length} bytes, sent ${bytes.length}`);
      return bytes;
    },
    async close() {
      await Promise.all([worker.$disconnect(), api.$disconnect()]);
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const inMemory = (bytes: Uint8Array): Source => ({ size: bytes.length, read: (from, length) => Promise.resolve(bytes.subarray(from, from + length)) });
