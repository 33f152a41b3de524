/** `npm run keys -- new|list|add|use|destroy FILE [ID]`: the key file by hand (docs/operations.md, "Keys"). Prints ids, never keys. */
import { keepKey } from '../audit/ledger';
import { ConfigurationError, readDestroyConfig } from '../config';
import { asWorker, createDatabase } from '../database';
import { createTemporalClient } from '../temporal';
import { addKey, createKeyFile, destroyKey, readKeys, useKey } from './key-file';
import { openKeyFile } from './key-ring';
import { whatNeeds } from './needs';
import { resealSchedules } from './schedules';
import { signerOf } from './sign';

const USAGE = 'npm run keys -- new FILE [ID] | list FILE | add FILE ID | use FILE ID | destroy FILE ID';

async function main([what, file, id]: string[]): Promise<void> {
  if (file === undefined) throw new Error(USAGE);
  if (what === 'new') createKeyFile(file, id);
  else if (what === 'add' && id !== undefined) addKey(file, id);
  else if (what === 'use' && id !== undefined) useKey(file, id);
  else if (what === 'destroy' && id !== undefined) await destroyUnneeded(file, id);
  else if (what !== 'list') throw new Error(USAGE);
  const { current, keys } = readKeys(file);
  for (const one of Object.keys(keys).sort()) console.log(one === current ? `${one}  seals now` : one);
}

/** Destroys a key that nobody needs; throws with what needs it. Its public half is kept, by which what it signed is verified. */
async function destroyUnneeded(file: string, id: string): Promise<void> {
  const { current, keys, turnedOut } = readKeys(file);
  if (id === current || !(id in keys)) { destroyKey(file, id); return; } // which says why not
  const ring = openKeyFile(file);
  const database = createDatabase(readDestroyConfig(process.env).databaseUrl, { connections: 1 });
  const temporal = createTemporalClient(process.env, ring);
  try {
    const reasons = await resealSchedules(temporal, ring, id).then(() => whatNeeds(id, turnedOut?.[id], { database, temporal, now: new Date() })).catch((error: unknown) => {
      throw new Error(`key ${id} stays: who may need it could not be asked (${error instanceof Error ? error.name : 'unknown error'})`);
    });
    if (reasons.length > 0) throw new Error([`key ${id} stays, it is needed:`, ...reasons].join('\n  '));
    await asWorker(database, (tx) => keepKey(tx, signerOf(ring.byId('signing', id)), new Date()));
    destroyKey(file, id);
  } finally {
    await Promise.all([database.$disconnect(), temporal.connection.close()]);
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof ConfigurationError || (error instanceof Error && error.name === 'Error') ? error.message : error instanceof Error && error.name !== 'ZodError' ? error.name : 'that is no key file');
    process.exitCode = 1;
  });
}
