import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addKey, createKeyFile, destroyKey, readKeys, useKey } from '../../../src/platform/keys/key-file';
import { KeyMissing, openKeyFile } from '../../../src/platform/keys/key-ring';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuaipei-keys-'));
  file = join(folder, 'keys.json');
  createKeyFile(file, 'old');
});
afterEach(() => { rmSync(folder, { recursive: true }); });

describe('issue 5: keys come from a file, and turn over without a restart', () => {
  test('a file is made for its owner alone, and never written over', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(() => { createKeyFile(file, 'new'); }).toThrow(/is there already/);
    expect(readKeys(file).current).toBe('old');
  });

  test('each purpose has a key of its own', () => {
    const ring = openKeyFile(file);
    const keys = (['temporal', 'columns', 'blind-index', 'objects'] as const).map((purpose) => ring.current(purpose).key.toString('hex'));
    expect(new Set(keys).size).toBe(4);
  });

  test('a new key seals within ten seconds of its use; the old one opens until it is destroyed', () => {
    let now = 0;
    const ring = openKeyFile(file, () => now);
    const before = ring.current('columns');
    addKey(file, 'new');
    expect(ring.byId('columns', 'new').id).toBe('new'); // another process is ahead: looked up at once
    expect(ring.current('columns').id).toBe('old');
    useKey(file, 'new');
    now += 10_001;
    expect(ring.current('columns').id).toBe('new');
    expect(ring.byId('columns', 'old').key).toEqual(before.key);
    expect(ring.ids()).toEqual(['new', 'old']);
    destroyKey(file, 'old');
    now += 10_001;
    expect(() => ring.byId('columns', 'old')).toThrow(KeyMissing);
  });

  test('a file that is half written is passed over; what was read goes on', () => {
    let now = 0;
    const ring = openKeyFile(file, () => now);
    const { key } = ring.current('objects');
    writeFileSync(file, '{ "current": "ol');
    now += 10_001;
    expect(ring.current('objects').key).toEqual(key);
  });

  test.each([
    ['nothing', ''], ['no JSON', '{'], ['a short key', JSON.stringify({ current: 'a', keys: { a: 'c2hvcnQ=' } })],
    ['a current key that is not there', JSON.stringify({ current: 'b', keys: { a: Buffer.alloc(32, 7).toString('base64') } })],
  ])('%s is refused at the start, and what it holds is not said', (_what, text) => {
    writeFileSync(file, text);
    expect(() => openKeyFile(file)).toThrow(/^the key file /);
    expect(() => openKeyFile(file)).not.toThrow(/c2hvcnQ|BwcH/);
  });

  test('the key that seals cannot be destroyed, nor one used that is not there', () => {
    expect(() => { destroyKey(file, 'old'); }).toThrow(/seals now/);
    expect(() => { useKey(file, 'new'); }).toThrow(/there is no key new/);
  });
});
