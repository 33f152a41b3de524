import { judgeAudit } from '../../dev/dependencies/advisories';
import { importedByPages, installed, readLock, withTheirNeeds, type Installed } from '../../dev/dependencies/lock';
import { binaryFaults, licenceFaults, permits, pinFaults } from '../../dev/dependencies/rules';

const one: Installed = { path: 'node_modules/left', name: 'left', version: '1.0.0', license: 'MIT', integrity: 'sha512-abc', resolved: null, ships: true };

describe('issue 5: licence check of dependencies', () => {
  test.each([
    ['MIT', true], ['mit', true], ['GPL-3.0-only', false], ['(MIT OR GPL-3.0)', true], ['MIT AND GPL-3.0', false], ['MIT AND Apache-2.0', true], ['(MIT AND (GPL-2.0 OR ISC))', true],
    ['GPL-2.0 OR MIT AND AGPL-3.0', false], ['(GPL-2.0 OR MIT) AND ISC', true], ['', false], ['MIT OR', false], ['(MIT', false], ['MIT)', false], ['UNLICENSED', false], ['SEE LICENSE IN x', false],
  ])('%s: %s', (expression, good) => { expect(permits(expression, ['MIT', 'ISC', 'Apache-2.0'])).toBe(good); });

  test('a package under another licence, or without one, is named; a tool may have a file-level one, what ships may not', () => {
    expect(licenceFaults([{ ...one, license: 'AGPL-3.0-only' }])).toEqual(['left@1.0.0 is under AGPL-3.0-only, which is not on the list']);
    expect(licenceFaults([{ ...one, license: null }])).toEqual([expect.stringMatching(/^left@1\.0\.0 names no licence/)]);
    expect(licenceFaults([{ ...one, license: 'MPL-2.0', ships: false }])).toEqual([]);
    expect(licenceFaults([{ ...one, license: 'MPL-2.0' }])).toHaveLength(1);
  });

  test('ASVS 15.1.2: what the pages import ships, with all that it needs, though npm calls it development; the copy that Node would take', () => {
    const lock = { lockfileVersion: 3 as const, packages: {
      'node_modules/page': { dev: true, dependencies: { part: '^1.0.0', own: '^2.0.0' } }, 'node_modules/page/node_modules/own': { dev: true, dependencies: { part: '^1.0.0' } },
      'node_modules/own': { dev: true }, 'node_modules/part': { dev: true, dependencies: { page: '^1.0.0' } }, 'node_modules/tool': { dev: true }, 'node_modules/server': {},
    } };
    const pages = withTheirNeeds(lock, ['page']);
    expect(installed(lock, pages).filter(({ ships }) => ships).map(({ path }) => path).sort()).toEqual(['node_modules/page', 'node_modules/page/node_modules/own', 'node_modules/part', 'node_modules/server']);
    expect(() => withTheirNeeds(lock, ['gone'])).toThrow('gone, which the console imports, is not in package-lock.json');
    expect(importedByPages()).toEqual(expect.arrayContaining(['react', 'react-dom', 'antd', '@ant-design/icons', 'pdfjs-dist', 'oidc-client-ts', 'tus-js-client', '@noble/hashes']));
  });

  test('everything that is installed here is on the list, pinned and hashed', () => {
    const packages = installed(readLock());
    expect(packages.length).toBeGreaterThan(500);
    expect(packages.filter(({ ships }) => ships).map(({ name }) => name)).toEqual(expect.arrayContaining(['express', 'pg', '@grpc/grpc-js', 'react', 'antd', 'scheduler']));
    expect([...licenceFaults(packages), ...pinFaults({}, packages)]).toEqual([]);
  });
});

describe('FAULTS 35: pinned versions, hashes, no registry of one network, no binaries', () => {
  test('each fault names its package', () => {
    expect(pinFaults({ left: '^1.0.0', right: '1.0.0', next: '7.10.0-7.561d7b' }, [])).toEqual(['left is asked for as ^1.0.0: name one version']);
    expect(pinFaults({}, [{ ...one, integrity: null }, { ...one, integrity: 'sha1-abc' }])).toHaveLength(2);
    expect(pinFaults({}, [{ ...one, resolved: 'http://mirror.internal/left.tgz' }])).toEqual(['left@1.0.0 comes from http://mirror.internal/left.tgz: everybody must reach it']);
    expect(pinFaults({}, [{ ...one, resolved: 'https://registry.npmjs.org/left/-/left-1.0.0.tgz' }])).toEqual([]);
  });

  test('a program is nowhere, what is no text only in its places', () => {
    const beginning = Buffer.from([1, 0, 2]);
    expect(binaryFaults([{ path: 'src/a.ts', beginning: Buffer.from('text') }, { path: 'docs/pictures/desk.png', beginning }])).toEqual([]);
    expect(binaryFaults([{ path: 'src/a.ts', beginning }])).toEqual(['src/a.ts is no text, and stands where only text belongs']);
    expect(binaryFaults([{ path: 'dev/samples/files/a.pdf', beginning: Buffer.from('7f454c4602', 'hex') }])).toEqual(['dev/samples/files/a.pdf is a program: build or fetch it']);
  });
});

describe('issue 5: vulnerability check of dependencies', () => {
  const report = (severity: string): string => JSON.stringify({ vulnerabilities: { left: { name: 'left', nodes: [one.path], via: [{ name: 'left', title: 'Runs what it reads', url: 'https://github.com/advisories/GHSA-1', severity }] }, right: { nodes: ['node_modules/right'], via: ['left'] } } });
  const paths = new Set([one.path, 'node_modules/right']);
  const today = '2026-11-22';
  const accepted = { advisory: 'GHSA-1', package: 'left', until: '2026-12-31', because: 'we never let it read' };

  test('high and critical fail with the package; what is moderate, accepted until a later day, or in tools alone, does not', () => {
    for (const severity of ['high', 'critical']) expect(judgeAudit(report(severity), paths, [], today)).toEqual({ asked: true, faults: [`left: ${severity}, Runs what it reads (https://github.com/advisories/GHSA-1)`] });
    expect(judgeAudit(report('moderate'), paths, [], today)).toEqual({ asked: true, faults: [] });
    expect(judgeAudit(report('high'), new Set(['node_modules/left/node_modules/left']), [], today)).toEqual({ asked: true, faults: [] });
    expect(judgeAudit(report('high'), paths, [accepted], today)).toEqual({ asked: true, faults: [] });
    expect(judgeAudit(report('high'), paths, [{ ...accepted, until: '2026-11-21' }], today)).toEqual({ asked: true, faults: [expect.stringContaining('left: high'), expect.stringContaining('was accepted until 2026-11-21')] });
  });

  test('a registry that does not answer was not asked: that is said, and is no pass', () => {
    expect(judgeAudit('{"statusCode": 405, "message": "Method Not Allowed"}', paths, [], today)).toEqual({ asked: false, why: 'the registry answered 405' });
    expect(judgeAudit('', paths, [], today)).toEqual({ asked: false, why: 'npm gave no report' });
  });
});
