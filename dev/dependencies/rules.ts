/** What dependencies and committed files must keep to (issue 5: "licence and vulnerability check of dependencies"); each fault names the package or file. */
import type { Installed } from './lock';

/** Licences that ask for no more than their notice. What ships has one of these. */
const FREE = ['MIT', 'MIT-0', 'Apache-2.0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'Unlicense', 'CC0-1.0', 'Python-2.0'];
/** Of tools that stay here: file-level or data licences, nothing of which is in what we hand on. */
const FOR_TOOLS = ['MPL-2.0', 'EPL-2.0', 'CC-BY-4.0'];
/** Packages that name none in their package.json, by what stands in their folder; and one that ships with data of its own licence. */
const READ_BY_US: Record<string, string> = {
  'seq-queue@0.0.5': 'MIT', // its LICENSE
  'unionfs@4.6.0': 'Unlicense', // its LICENSE
  'combine-errors@3.0.3': 'MIT', // its Readme.md
};
/** Data of the bundler, which the worker's package brings; unchanged and credited, as CC-BY asks. */
const SHIPS_DATA = { name: 'caniuse-lite', license: 'CC-BY-4.0' };

export function licenceFaults(packages: readonly Installed[]): string[] {
  return packages.flatMap((one) => {
    const license = one.license ?? READ_BY_US[`${one.name}@${one.version}`];
    if (license === undefined) return [`${one.name}@${one.version} names no licence: read it, and say which in dev/dependencies/rules.ts`];
    const allowed = one.ships ? (one.name === SHIPS_DATA.name ? [...FREE, SHIPS_DATA.license] : FREE) : [...FREE, ...FOR_TOOLS];
    return permits(license, allowed) ? [] : [`${one.name}@${one.version} is under ${license}, which is not on the list`];
  });
}

/** Does an SPDX expression leave a way that is on the list? One of several joined by OR, each of those joined by AND, which binds closer. */
export function permits(expression: string, allowed: readonly string[]): boolean {
  const words = expression.match(/[()]|[^\s()]+/g) ?? [];
  const fits = (id: string): boolean => allowed.some((one) => one.toLowerCase() === id.toLowerCase());
  let whole = true;
  const next = (word: string): boolean => words[0]?.toUpperCase() === word && words.shift() !== undefined;
  function single(): boolean {
    const word = words.shift();
    whole &&= word !== undefined;
    if (word !== '(') return word !== undefined && fits(word);
    const inner = either();
    whole &&= words.shift() === ')';
    return inner;
  }
  function all(): boolean {
    let good = single();
    while (next('AND')) good = single() && good;
    return good;
  }
  function either(): boolean {
    let good = all();
    while (next('OR')) good = all() || good;
    return good;
  }
  const good = either();
  return good && whole && words.length === 0;
}

/** Exact versions in package.json; in the lock file a strong hash of everything, and no address that only one network reaches. */
export function pinFaults(asked: Record<string, string>, packages: readonly Installed[]): string[] {
  return [
    ...Object.entries(asked).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version)).map(([name, version]) => `${name} is asked for as ${version}: name one version`),
    ...packages.filter(({ integrity }) => integrity === null || !integrity.startsWith('sha512-')).map(({ name, version }) => `${name}@${version} has no sha512 in package-lock.json`),
    ...packages.filter(({ resolved }) => resolved !== null && !resolved.startsWith('https://registry.npmjs.org/')).map(({ name, version, resolved }) => `${name}@${version} comes from ${resolved}: everybody must reach it`),
  ];
}

/** Where files that are no text belong: pictures of the docs and the console, and the samples that uploads are tried with. */
const BINARIES = [/^docs\/pictures\/[\w-]+\.png$/, /^console\/public\/[\w-]+\.png$/, /^dev\/samples\/files\//, /^tests\/.*\.(png|jpe?g|pdf|docx|zip)$/];
/** Beginnings of what a machine would run: ELF, Windows, Mach-O, Java, WebAssembly. */
const PROGRAMS = ['7f454c46', '4d5a', 'cffaedfe', 'cefaedfe', 'cafebabe', '0061736d'];

/** `files`: path and beginning of each committed file. */
export function binaryFaults(files: ReadonlyArray<{ path: string; beginning: Buffer }>): string[] {
  return files.flatMap(({ path, beginning }) => {
    if (PROGRAMS.some((magic) => beginning.subarray(0, magic.length / 2).toString('hex') === magic)) return [`${path} is a program: build or fetch it`];
    return beginning.includes(0) && !BINARIES.some((place) => place.test(path)) ? [`${path} is no text, and stands where only text belongs`] : [];
  });
}
