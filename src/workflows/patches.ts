/**
 * Every change of a workflow that claims which already run would not survive, by the id under which `patched(id)` asks for it. The registry is
 * held against the code by tests/upgrade/patches.test.ts, and `npm run replay:open` says which ids can go. A patch costs each run that meets it
 * two events (its marker, and the search attribute TemporalChangeVersion), so it is taken out as soon as it may.
 */
export interface Patch {
  /** What the claim does differently, and why those that run must not notice. */
  why: string;
  /** `both`: the old branch is still there (`patched`). `deprecated`: only the new one is, for histories that bear the marker (`deprecatePatch`). */
  stage: 'both' | 'deprecated';
  /** ISO time since which no version without it was current; null until that is so. A claim that began before may have taken the old branch. */
  currentSince: string | null;
}
export type Patches = Readonly<Record<string, Patch>>;

/** Ids are YYYY-MM-what. Histories keep them for as long as Temporal keeps histories: do not use an id again. */
export const PATCHES: Patches = {};

/**
 * What holds a patch back from its next step, as visibility queries: as many claims as `began` counts more than `took` does must be none.
 * Of `both` the step is to `deprecatePatch` without the old branch, of `deprecated` away with it. Null: it cannot be said before `currentSince` is.
 */
export function holdsBack(id: string, { stage, currentSince }: Patch): { began: string; took: string | null } | null {
  const bearing = `TemporalChangeVersion = '${id}'`;
  if (stage === 'deprecated') return { began: `ExecutionStatus = 'Running' AND ${bearing}`, took: null };
  if (currentSince === null) return null;
  const before = `ExecutionStatus = 'Running' AND WorkflowType = 'claim' AND StartTime < '${currentSince}'`;
  return { began: before, took: `${before} AND ${bearing}` };
}
