import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copySqlite } from '../../../src/platform/backup/sqlite-copy';
import { restoreSet } from '../../../src/platform/backup/restore';
import { closeSet, openSet } from '../../../src/platform/backup/set';
import { addKey, destroyKey, useKey } from '../../../src/platform/keys/key-file';
import { openKeyFile, type KeyRing } from '../../../src/platform/keys/key-ring';
import { freshKeys } from '../../support/keys';

let folder: string;
let set: string;
let keyFile: string;
let keys: KeyRing;
const at = '2026-11-22T09:00:00.000Z';
const ABOUT = { postgres: { version: '18.4', systemIdentifier: '7', startedAt: at, endedAt: at, startLsn: '0/2000028', endLsn: '0/2000120' }, temporalCopiedAt: null };
const FILES = ['postgres/base.tar', 'postgres/backup_manifest', 'documents/a/one', 'documents/b'];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kuaipei-set-'));
  ({ file: keyFile, keys } = freshKeys(folder));
  set = join(folder, 'set');
  for (const path of FILES) {
    mkdirSync(join(set, path, '..'), { recursive: true });
    writeFileSync(join(set, path), `content of ${path}`);
  }
  await closeSet(set, keys, ABOUT);
});
afterEach(() => { rmSync(folder, { recursive: true }); });

describe('issue 5: restore refuses a damaged or incomplete set and names the file', () => {
  test('a whole one says what is in it, and no key', async () => {
    const said = await openSet(set, keys);
    expect(Object.keys(said.files).sort()).toEqual([...FILES].sort());
    expect(said.documents).toEqual({ files: 2, bytes: 48 });
    expect(said.keyIds).toEqual(['first']);
    const { keys: secrets } = JSON.parse(readFileSync(keyFile, 'utf8')) as { keys: Record<string, string> };
    expect(readFileSync(join(set, 'manifest.json'), 'utf8')).not.toContain(secrets['first']);
  });

  test.each(FILES)('%s with one byte changed, cut, longer, or gone', async (path) => {
    const file = join(set, path);
    const whole = readFileSync(file);
    writeFileSync(file, Buffer.concat([whole.subarray(0, -1), Buffer.from('!')]));
    await expect(openSet(set, keys)).rejects.toThrow(`${path} is damaged: its bytes are not those that were written`);
    writeFileSync(file, whole.subarray(1));
    await expect(openSet(set, keys)).rejects.toThrow(`${path} is damaged: ${whole.length - 1} bytes, ${whole.length} were written`);
    writeFileSync(file, whole);
    appendFileSync(file, '!');
    await expect(openSet(set, keys)).rejects.toThrow(`${path} is damaged`);
    rmSync(file);
    await expect(openSet(set, keys)).rejects.toThrow(`${path} is missing`);
  });

  test('a backup that did not end has no list, and is none', async () => {
    rmSync(join(set, 'manifest.json'));
    await expect(openSet(set, keys)).rejects.toThrow(/manifest\.json is missing: this is no backup, or one that did not end/);
  });

  test('a list that was written anew to fit other bytes is not the one that was signed', async () => {
    const list = readFileSync(join(set, 'manifest.json'), 'utf8');
    for (const changed of [list.replace('"bytes": 28', '"bytes": 29'), list.replace('0/2000120', '0/2000121'), list.replace('"first"\n', '"other"\n')]) {
      expect(changed).not.toBe(list);
      writeFileSync(join(set, 'manifest.json'), changed);
      await expect(openSet(set, keys)).rejects.toThrow('manifest.json is damaged: it is not what was signed');
    }
  });

  test('a file that is not of the set', async () => {
    writeFileSync(join(set, 'documents/c'), 'smuggled in');
    await expect(openSet(set, keys)).rejects.toThrow('documents/c is not of this set');
  });

  test('a link in the place of a file, of a folder or of the list, though what it leads to is the same: its bytes may change after they were looked at', async () => {
    for (const path of ['documents/b', 'documents/a', 'manifest.json']) {
      const moved = join(folder, 'moved');
      renameSync(join(set, path), moved);
      symlinkSync(moved, join(set, path));
      await expect(openSet(set, keys)).rejects.toThrow(`${path} is no plain file`);
      rmSync(join(set, path));
      renameSync(moved, join(set, path));
    }
    await expect(openSet(set, keys)).resolves.toBeDefined();
  });

  test('a ring without a key that the set needs: the key is named', async () => {
    addKey(keyFile, 'second');
    useKey(keyFile, 'second');
    await expect(openSet(set, openKeyFile(keyFile))).resolves.toBeDefined();
    destroyKey(keyFile, 'first');
    await expect(openSet(set, openKeyFile(keyFile))).rejects.toThrow('no key first on the ring');
  });

  test('a place that is not empty is not written over, and a restore that fails leaves nothing behind', async () => {
    const place = join(folder, 'place');
    mkdirSync(place);
    writeFileSync(join(place, 'mine'), 'kept');
    await expect(restoreSet(set, place, null, keys, async () => undefined)).rejects.toThrow(`${place} is not empty`);
    expect(readdirSync(place)).toEqual(['mine']);
    const elsewhere = join(folder, 'elsewhere');
    await expect(restoreSet(set, elsewhere, null, keys, async () => undefined)).rejects.toThrow(/tar/); // these bytes are no archive
    expect(readdirSync(folder).sort()).toEqual(['keys.json', 'place', 'set']);
  });
});

describe('the file of a one-file Temporal server', () => {
  test('is copied with its write-ahead log; one without such a log is refused', async () => {
    const header = Buffer.alloc(100);
    header[18] = 2;
    writeFileSync(join(folder, 'db'), header);
    writeFileSync(join(folder, 'db-wal'), 'frames');
    await copySqlite(join(folder, 'db'), join(folder, 'copy'));
    expect(readFileSync(join(folder, 'copy-wal'), 'utf8')).toBe('frames');
    writeFileSync(join(folder, 'db'), Buffer.alloc(100));
    await expect(copySqlite(join(folder, 'db'), join(folder, 'copy'))).rejects.toThrow(/is not an SQLite database with a write-ahead log/);
  });

  test('is copied again when the log began anew meanwhile', async () => {
    const header = Buffer.alloc(4 * 1024 * 1024);
    header[18] = 2;
    writeFileSync(join(folder, 'db'), header);
    let salt = 0;
    const log = (): void => { writeFileSync(join(folder, 'db-wal'), Buffer.from(`${String(salt += 1).padStart(32)}frames ${salt}`)); };
    log();
    const writing = setInterval(log, 1);
    const copying = copySqlite(join(folder, 'db'), join(folder, 'copy'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    clearInterval(writing);
    await copying;
    expect(salt).toBeGreaterThan(1);
    expect(readFileSync(join(folder, 'copy-wal'))).toEqual(readFileSync(join(folder, 'db-wal')));
  });
});
