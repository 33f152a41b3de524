/** `npm run keys -- new|list|add|use|destroy FILE [ID]`: the key file by hand (docs/operations.md, "Keys"). Prints ids, never keys. */
import { addKey, createKeyFile, destroyKey, readKeys, useKey } from './key-file';

const USAGE = 'npm run keys -- new FILE [ID] | list FILE | add FILE ID | use FILE ID | destroy FILE ID';

function main([what, file, id]: string[]): void {
  if (file === undefined) throw new Error(USAGE);
  if (what === 'new') createKeyFile(file, id);
  else if (what === 'add' && id !== undefined) addKey(file, id);
  else if (what === 'use' && id !== undefined) useKey(file, id);
  else if (what === 'destroy' && id !== undefined) destroyKey(file, id);
  else if (what !== 'list') throw new Error(USAGE);
  const { current, keys } = readKeys(file);
  for (const one of Object.keys(keys).sort()) console.log(one === current ? `${one}  seals now` : one);
}

if (require.main === module) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error && error.name !== 'ZodError' ? error.message : 'that is no key file');
    process.exitCode = 1;
  }
}
