import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderStore } from '../../../src/platform/documents/folder-store';
import type { DocumentStore } from '../../../src/platform/documents/store';
import { keysIn } from '../../support/keys';
import { create, metadataFor } from './client';
import { startUploadServer } from './upload-server';

const file = Buffer.from('%PDF-1.4');
let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'kuaipei-never-told-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

/** Who has room, by upload; `lost`: it was taken, and nobody heard. */
function roomOf(taken: Set<string>, lost = false) {
  return {
    take: (_: unknown, { uploadId }: { uploadId: string }) => { taken.add(uploadId); return lost ? Promise.reject(new Error('answer lost')) : Promise.resolve(); },
    giveBack: (_: unknown, uploadId: string) => { taken.delete(uploadId); return Promise.resolve(); },
  };
}

/** Begins an upload on that store and room; what is left of it when that failed. */
async function leftOf(store: DocumentStore, taken: Set<string>, lost = false): Promise<{ status: number; room: number; files: string[] }> {
  const quiet = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const server = await startUploadServer({ folder, store, room: roomOf(taken, lost) });
  const { status } = await create(server.url, 'li', file.length, metadataFor(file)).finally(() => server.stop());
  quiet.mockRestore();
  return { status, room: taken.size, files: readdirSync(join(folder, 'uploads')) };
}

test.each(['before', 'after'])('FAULTS 9: an upload whose beginning failed %s its effect was told to nobody: it takes no room for a week', async (when) => {
  const { objects, staging } = createFolderStore(folder, keysIn(folder));
  const dataStore = Object.create(staging.dataStore, { create: { value: async (upload: never) => { if (when === 'after') await staging.dataStore.create(upload); throw new Error('answer lost'); } } }) as typeof staging.dataStore;
  expect(await leftOf({ objects, staging: { ...staging, dataStore } }, new Set())).toEqual({ status: 500, room: 0, files: [] });
});

test('FAULTS 9: room that was taken without anybody hearing of it is given back', async () => {
  expect(await leftOf(createFolderStore(folder, keysIn(folder)), new Set(), true)).toEqual({ status: 500, room: 0, files: [] });
});
