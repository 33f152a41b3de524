import { execFileSync } from 'node:child_process';

test('issue 5 part 5: memory is bounded for a recording of 300 MB, made and verified', () => {
  const said = JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', 'bench/evidence/memory.ts', '300'], { encoding: 'utf8' })) as { made: { addedMB: number }; verified: { addedMB: number }; genuine: boolean };
  expect(said.genuine).toBe(true);
  expect(Math.max(said.made.addedMB, said.verified.addedMB)).toBeLessThan(150);
}, 120_000);
