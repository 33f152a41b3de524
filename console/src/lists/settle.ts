/** What to show of a list that changed while somebody reads it. Pure. */
export interface Settled { order: string[]; added: number; moved: boolean }

/**
 * The order to show when the list of keys `before` has become `now`. While it is held, lines keep their places, lines of the next page are put below,
 * and `added` counts the new ones above that wait to be shown; `moved` says that others would change places.
 */
export function settle(before: readonly string[], now: readonly string[], held: boolean): Settled {
  if (!held || before.length === 0) return { order: [...now], added: 0, moved: false };
  const known = new Set(before);
  const last = now.findLastIndex((key) => known.has(key));
  const below = now.slice(last + 1);
  const added = last + 1 - now.slice(0, last + 1).filter((key) => known.has(key)).length;
  const here = new Set(now);
  const staying = before.filter((key) => here.has(key));
  let next = 0;
  for (const key of now) if (key === staying[next]) next += 1;
  return { order: [...before, ...below], added, moved: next < staying.length };
}
