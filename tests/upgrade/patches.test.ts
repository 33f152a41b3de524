import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdsBack, PATCHES, type Patches } from '../../src/workflows/patches';

const FOLDER = join(__dirname, '../../src/workflows');

/** Where the code and the registry disagree. */
function disagreements(code: string, patches: Patches): string[] {
  const calls = [...code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').matchAll(/\b(patched|deprecatePatch)\(([^)]*)\)/g)].map(([, call, given]) => ({ call, id: /^'([^']*)'$/.exec(given!.trim())?.[1] ?? null, given }));
  return [
    ...calls.filter(({ id }) => id === null).map(({ call, given }) => `${call}(${given}): the id is to be read where it stands`),
    ...calls.filter(({ id }) => id !== null && !(id in patches)).map(({ id }) => `${id} is not in the registry`),
    ...Object.entries(patches).filter(([id]) => !calls.some((one) => one.id === id)).map(([id]) => `${id} is in the registry, and nothing asks for it`),
    ...calls.filter(({ id, call }) => id !== null && id in patches && call !== (patches[id]!.stage === 'both' ? 'patched' : 'deprecatePatch')).map(({ id, call }) => `${id} is asked for by ${call}`),
    ...Object.keys(patches).filter((id) => !/^20\d\d-(0[1-9]|1[0-2])-[a-z][a-z-]*$/.test(id)).map((id) => `${id} is not YYYY-MM-what`),
  ];
}

test('issue 6.4, patched registry: every patched() of the workflows is in the registry, and the reverse', () => {
  const code = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(FOLDER, name), 'utf8')).join('\n');
  expect(code).toContain('export function claim');
  expect(disagreements(code, PATCHES)).toEqual([]);
});

test('the registry bites: an id that is missing, forgotten, worked out, at another stage or misnamed is named', () => {
  const both = { why: 'test', stage: 'both', currentSince: null } as const;
  expect(disagreements("if (patched('2026-12-ask-twice')) more();", {})).toEqual(['2026-12-ask-twice is not in the registry']);
  expect(disagreements('', { '2026-12-ask-twice': both })).toEqual(['2026-12-ask-twice is in the registry, and nothing asks for it']);
  expect(disagreements('patched(`x-${n}`)', {})).toEqual(['patched(`x-${n}`): the id is to be read where it stands']);
  expect(disagreements("deprecatePatch('2026-12-ask-twice')", { '2026-12-ask-twice': both })).toEqual(['2026-12-ask-twice is asked for by deprecatePatch']);
  expect(disagreements("patched('ask-twice')", { 'ask-twice': both })).toEqual(['ask-twice is not YYYY-MM-what']);
  expect(disagreements("// patched('2026-12-talked-about')\nif (patched('2026-12-ask-twice')) more();", { '2026-12-ask-twice': both })).toEqual([]);
});

test('what holds a patch back: claims from before it that may have taken the old branch; later, those that bear its marker', () => {
  const patch = { why: 'test', stage: 'both', currentSince: '2026-12-03T04:00:00Z' } as const;
  expect(holdsBack('2026-12-ask-twice', { ...patch, currentSince: null })).toBeNull();
  expect(holdsBack('2026-12-ask-twice', patch)).toEqual({
    began: "ExecutionStatus = 'Running' AND WorkflowType = 'claim' AND StartTime < '2026-12-03T04:00:00Z'",
    took: "ExecutionStatus = 'Running' AND WorkflowType = 'claim' AND StartTime < '2026-12-03T04:00:00Z' AND TemporalChangeVersion = '2026-12-ask-twice'",
  });
  expect(holdsBack('2026-12-ask-twice', { ...patch, stage: 'deprecated' })).toEqual({ began: "ExecutionStatus = 'Running' AND TemporalChangeVersion = '2026-12-ask-twice'", took: null });
});
