/** Works on every item, at most `width` of them at a time; answers in the order of the items. The first failure is thrown when what was begun has ended. */
export async function abreast<T, R>(width: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!);
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return results;
}

/** How many questions about claims Temporal is asked at a time. */
export const ASKED_AT_ONCE = 10;
