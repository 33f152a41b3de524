import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { evidenceKeys } from '../../src/platform/audit/evidence-keys';
import { addKey, destroyKey, useKey } from '../../src/platform/keys/key-file';
import { openKeyFile } from '../../src/platform/keys/key-ring';
import { currentSigner } from '../../src/platform/keys/sign';
import { nodeTools } from '../../src/verify/main';
import { verifyPack, type Trusted } from '../../src/verify/pack';
import { inWords, sentences, type Fault } from '../../src/verify/report';
import { readDirectory } from '../../src/verify/zip';
import { CLAIM_NO, closedPaid, inDispute, overturned, PEOPLE, SECRET } from '../domain/claim/scenario';
import { inMemory, packedCase, type Case } from './packed';

let paid: Case;
let genuine: Buffer;
let trusted: Trusted;
beforeAll(async () => {
  paid = await packedCase(closedPaid());
  await paid.anchor();
  await paid.worker.readLog.createMany({ data: [{ at: new Date(paid.state.lastEventAt), personId: 'specialist', role: 'specialist', claimNo: CLAIM_NO, what: 'claim', hospital: 'H001', department: paid.state.department, insurer: 'I001' }] });
  genuine = await paid.pack();
  trusted = new Map((await evidenceKeys(paid.worker, paid.keys)).map((one) => [one.keyId, one.publicKey]));
}, 120_000);
afterAll(() => paid.close());

const verify = (bytes: Uint8Array, keys: Trusted = trusted) => verifyPack(inMemory(bytes), nodeTools, keys);
const random = (n: number): number => Math.floor(Math.random() * n);

/** Files by name, as a tool that is not ours unpacks them. */
async function files(bytes: Buffer): Promise<Map<string, Buffer>> {
  return new Map((await readDirectory(inMemory(bytes))).map((one) => [one.name, bytes.subarray(one.contentAt, one.contentAt + one.bytes)]));
}
const textOf = async (bytes: Buffer, name: string): Promise<string> => (await files(bytes)).get(name)!.toString();

describe('issue 5 part 5: evidence pack: one reproducible ZIP', () => {
  test('documents, decision letters, events, due-date ledgers, who read what, anchors, manifest signed; and it verifies', async () => {
    const names = [...(await files(genuine)).keys()];
    expect(names).toEqual([...names].sort());
    expect(names.filter((name) => !name.startsWith('documents/'))).toEqual([
      'README.txt', 'anchors.json', 'documents.json', 'due-dates.json', 'events.ndjson', 'letters/round-1.en.html', 'letters/round-1.en.txt', 'letters/round-1.zh.html', 'letters/round-1.zh.txt', 'manifest.json', 'manifest.sig', 'people.json', 'reads.ndjson',
    ]);
    const report = await verify(genuine);
    expect(report).toMatchObject({ isPack: true, claimNo: CLAIM_NO, version: paid.state.version, seenAs: 'auditor', events: paid.state.version, anchored: { event: paid.state.version, seq: 1 }, signedBy: { keyId: 'first', trusted: true }, faults: [] });
    expect(sentences(report)[0]!.en).toContain('Genuine: nothing was changed');
    const documents = JSON.parse(await textOf(genuine, 'documents.json')) as { documentId: string; path: string; content: string }[];
    expect(documents.map((one) => one.content)).toEqual(documents.map(() => 'genuine'));
    for (const { documentId, path } of documents) expect((await files(genuine)).get(path)).toEqual(paid.contents.get(documentId));
    expect(JSON.parse(await textOf(genuine, 'due-dates.json')).map((one: { clock: string }) => one.clock)).toEqual(Object.keys(paid.state.clocks));
    expect(await textOf(genuine, 'reads.ndjson')).toContain('"what":"claim"');
    expect(await textOf(genuine, 'letters/round-1.zh.txt')).toContain('理赔决定：给付');
    expect(await textOf(genuine, 'letters/round-1.en.html')).toContain('<h1>Decision on your claim: paid in full</h1>');
  });

  test('the same version of the claim gives the same bytes', async () => {
    await paid.worker.readLog.create({ data: { at: new Date(), personId: 'auditor', role: 'auditor', claimNo: CLAIM_NO, what: 'claim', hospital: 'H001', department: paid.state.department, insurer: 'I001' } });
    expect((await paid.pack()).equals(genuine)).toBe(true);
    const later = new Date().toISOString();
    const withReads = await paid.pack(PEOPLE.auditor, later);
    expect((await textOf(withReads, 'reads.ndjson')).trim().split('\n')).toHaveLength(2);
    expect((await paid.pack(PEOPLE.auditor, later)).equals(withReads)).toBe(true);
  });

  test('any ZIP tool reads it', () => {
    const path = join(paid.folder, 'genuine.zip');
    writeFileSync(path, genuine);
    const listed = execFileSync('python3', ['-c', 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), len(z.namelist()))', path]).toString();
    expect(listed.trim()).toBe(`None ${paid.state.documents.length + 13}`);
  });

  test('personal parts by the asker: accounts never, and what is withheld is said; the chain holds all the same', async () => {
    const lines = (await textOf(genuine, 'events.ndjson')).trim().split('\n').map((line) => JSON.parse(line));
    const payees = lines.find((one) => one.type === 'payee-set') as { personal: unknown; withheld: boolean; personalHash: string } | undefined;
    expect(payees).toMatchObject({ personal: null, withheld: true, personalHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(genuine.includes('6222000000001234')).toBe(false);
    expect(lines.some((one) => JSON.stringify(one.personal).includes(SECRET))).toBe(true);
  });

  test('after personal parts were scrubbed the pack still verifies', async () => {
    const scrubbed = await packedCase(inDispute());
    try {
      const superuser = new Client({ connectionString: scrubbed.database.superuserUrl });
      await superuser.connect();
      await superuser.query("SET session_replication_role = 'replica'; DELETE FROM claim_event_personal");
      await superuser.end();
      const bytes = await scrubbed.pack();
      expect(bytes.includes(SECRET)).toBe(false);
      expect((await verify(bytes, null)).faults).toEqual([]);
    } finally {
      await scrubbed.close();
    }
  });

  test('a second round has its own letter, and the mediator of the panel gets the pack', async () => {
    const disputed = await packedCase(overturned(inDispute()), ['mediator']);
    try {
      const bytes = await disputed.pack(PEOPLE.mediator);
      expect((await verify(bytes, null)).faults).toEqual([]);
      expect((await verify(bytes, null)).anchored).toBeNull();
      expect((await files(bytes)).has('letters/round-1.zh.txt')).toBe(true);
      expect(await textOf(bytes, 'letters/round-1.zh.txt')).toContain('不予给付');
    } finally {
      await disputed.close();
    }
  });
});

/** The ZIP's files by place: whose content a byte is, or null for what is between contents. */
async function ownerOf(at: number): Promise<string | null> {
  return (await readDirectory(inMemory(genuine))).find((one) => at >= one.contentAt && at < one.contentAt + one.bytes)?.name ?? null;
}

/** 1 000 with FAULTS_ROUNDS=5. */
const CHANGES = 200 * Number(process.env['FAULTS_ROUNDS'] ?? 1);

describe('issue 5 done means: tampering with any event, document or pack is found, and named: which byte changed', () => {
  test(`${CHANGES} random bytes anywhere in the pack: each found, the byte itself named with what it was`, async () => {
    for (let n = 0; n < CHANGES; n += 1) {
      const at = random(genuine.length), was = genuine[at]!, is = was ^ (1 + random(255));
      const bytes = Buffer.from(genuine);
      bytes[at] = is;
      const { faults } = await verify(bytes);
      const owner = await ownerOf(at);
      const named = faults.find((one): one is Extract<Fault, { kind: 'content' | 'frame' }> => (one.kind === 'content' || one.kind === 'frame') && one.byte?.inPack === at);
      expect([at, owner, named?.byte && { inPack: named.byte.inPack, was: named.byte.was, is: named.byte.is }]).toEqual([at, owner, { inPack: at, was, is }]);
      expect(named!.kind === 'content' ? named!.path : null).toBe(owner);
    }
  }, 240_000);

  test('every byte of the ZIP that is no content', async () => {
    const contents = await readDirectory(inMemory(genuine));
    const between = [...genuine.keys()].filter((at) => at % 3 === 0 && !contents.some((one) => at >= one.contentAt && at < one.contentAt + one.bytes));
    expect(between.length).toBeGreaterThan(300);
    for (const at of between) {
      const bytes = Buffer.from(genuine);
      bytes[at]! ^= 1;
      const { isPack, faults } = await verify(bytes);
      expect([at, isPack, faults.some((one) => one.kind === 'frame' && one.byte.inPack === at)]).toEqual([at, true, true]);
    }
  }, 240_000);

  test('an event: its number is named, by its byte and by the chain', async () => {
    const { contentAt } = (await readDirectory(inMemory(genuine))).find((one) => one.name === 'events.ndjson')!;
    const lines = (await textOf(genuine, 'events.ndjson')).split('\n');
    const bytes = Buffer.from(genuine);
    const at = contentAt + Buffer.byteLength(`${lines.slice(0, 4).join('\n')}\n`) + lines[4]!.indexOf('"version":5') + '"version":'.length;
    bytes[at] = '6'.charCodeAt(0);
    const { faults } = await verify(bytes);
    expect(faults).toEqual([expect.objectContaining({ kind: 'content', path: 'events.ndjson', event: 5 }), { kind: 'chain', event: 5, field: 'version' }]);
    expect(inWords(faults[0]!).en).toBe(`events.ndjson (event 5): byte ${at - contentAt} (byte ${at} of the pack) was 0x35 and is 0x36.`);
  });

  test('many bytes of a document: the block is named, and that it is known to the block only', async () => {
    const found = (await readDirectory(inMemory(genuine))).find((one) => one.bytes === 200_000)!;
    const bytes = Buffer.from(genuine);
    bytes.fill(0, found.contentAt + 70_000, found.contentAt + 70_100);
    const { faults } = await verify(bytes);
    expect(faults).toEqual([expect.objectContaining({ kind: 'content', path: found.name, from: 65_536, to: 131_071, byte: null, moreBlocks: 0 })]);
    expect(inWords(faults[0]!).en).toContain('known to the block of 64 KiB');
  });

  test('a byte put in or taken out: the first place is named', async () => {
    const found = (await readDirectory(inMemory(genuine))).find((one) => one.bytes === 200_000)!;
    const at = found.contentAt + 150_000;
    for (const bytes of [Buffer.concat([genuine.subarray(0, at), Buffer.from('x'), genuine.subarray(at)]), Buffer.concat([genuine.subarray(0, at), genuine.subarray(at + 1)])]) {
      const { faults } = await verify(bytes);
      expect(faults).toContainEqual({ kind: 'length', was: genuine.length, is: bytes.length });
      expect(faults).toContainEqual(expect.objectContaining({ kind: 'content', path: found.name, from: 131_072 }));
    }
  });

  test('cut off at any of 60 places: never genuine, never a crash', async () => {
    for (let n = 0; n < 60; n += 1) {
      const report = await verify(genuine.subarray(0, random(genuine.length - 1)));
      expect(report.isPack && report.faults.length === 0).toBe(false);
    }
    expect((await verify(Buffer.from('%PDF-1.7'))).isPack).toBe(false);
  });

  test('made anew by somebody else, every hash and the signature right: the key is not the published one', async () => {
    const forger = await packedCase(closedPaid());
    try {
      await forger.anchor();
      const forged = await forger.pack();
      expect((await verify(forged, null)).faults).toEqual([]);
      const { faults, signedBy } = await verify(forged);
      expect(signedBy?.trusted).toBe(false);
      expect(faults).toEqual(expect.arrayContaining([{ kind: 'key', keyId: 'first', path: 'manifest.json' }, { kind: 'anchor', seq: 1, field: 'key' }]));
    } finally {
      await forger.close();
    }
  });

  test('a document changed or removed in the store, or written anew in the log: named in the pack that is made then', async () => {
    const changed = await packedCase(closedPaid());
    try {
      await changed.anchor();
      const [one, two, three] = changed.state.documents.map((document) => document.documentId);
      const objects = join(changed.folder, 'objects', 'documents');
      execFileSync('chmod', ['-R', 'u+w', objects]);
      const content = readFileSync(join(objects, one!));
      content[100_000]! ^= 1;
      writeFileSync(join(objects, one!), content);
      execFileSync('rm', ['-f', join(objects, two!)]);
      const report = await verify(await changed.pack(), null);
      expect(report.faults).toEqual([{ kind: 'document', documentId: one, why: 'changed' }, { kind: 'document', documentId: two, why: 'missing' }]);
      expect(three).toBeDefined();
      // A superuser rewrites an event.
      const superuser = new Client({ connectionString: changed.database.superuserUrl });
      await superuser.connect();
      await superuser.query("SET session_replication_role = 'replica'; UPDATE claim_event SET received_at = received_at + interval '1 ms' WHERE version = 7; UPDATE claim_event_personal SET salt = (SELECT salt FROM claim_event_personal ORDER BY version DESC LIMIT 1) WHERE version = (SELECT min(version) FROM claim_event_personal WHERE version < 7)");
      const named = (await superuser.query('SELECT min(version) AS version FROM claim_event_personal')).rows[0].version as number;
      await superuser.end();
      expect((await verify(await changed.pack(), null)).faults).toContainEqual(named < 7 ? { kind: 'chain', event: named, field: 'personal' } : { kind: 'chain', event: 7, field: 'hash' });
    } finally {
      await changed.close();
    }
  });
});

describe('npx kuaipei-verify pack.zip', () => {
  const run = (args: string[], env: Record<string, string> = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'src/verify/main.ts', ...args], { env: { ...process.env, LANG: 'en_GB.UTF-8', LC_ALL: '', ...env }, encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  test('0 for a genuine pack, 1 for a changed one, 2 for what is none; in both languages', () => {
    mkdirSync(join(paid.folder, 'cli'));
    const at = (name: string): string => join(paid.folder, 'cli', name);
    writeFileSync(at('genuine.zip'), genuine);
    const bytes = Buffer.from(genuine);
    bytes[5_000]! ^= 1;
    writeFileSync(at('changed.zip'), bytes);
    writeFileSync(at('none.zip'), 'none');
    writeFileSync(at('keys.json'), JSON.stringify({ items: [...trusted!].map(([keyId, publicKey]) => ({ keyId, publicKey })) }));
    expect(run([at('genuine.zip'), '--keys', at('keys.json')])).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('Genuine: nothing was changed') });
    expect(run([at('genuine.zip')]).stdout).toContain('Compare this fingerprint');
    const found = run([at('changed.zip')], { LANG: 'zh_CN.UTF-8' });
    expect([found.status, found.stdout]).toEqual([1, expect.stringMatching(/已被改动：[^]*压缩包内第 5000 字节|压缩包第 5000 字节/)]);
    expect(run([at('none.zip')]).status).toBe(2);
    expect(run([at('not-there.zip')])).toMatchObject({ status: 2, stderr: expect.stringContaining('ENOENT') });
    expect(run([]).status).toBe(2);
  }, 120_000);
});

test('issue 5: old keys rotated out: a pack signed under a destroyed key still verifies by the published keys', async () => {
  addKey(paid.keyFile, 'second');
  useKey(paid.keyFile, 'second');
  destroyKey(paid.keyFile, 'first');
  const ring = openKeyFile(paid.keyFile);
  expect(currentSigner(ring).keyId).toBe('second');
  const published = new Map((await evidenceKeys(paid.worker, ring)).map((one) => [one.keyId, one.publicKey]));
  expect(await verify(genuine, published)).toMatchObject({ signedBy: { keyId: 'first', trusted: true }, faults: [] });
});
