/** Cursor pages: the place after the last row, opaque to clients, so that a page never repeats or skips a row. */
import * as z from 'zod';
import { fail, wrongInput } from '../problems';

export const MOST_PER_PAGE = 100;
const PER_PAGE = 50;

/** The two query parameters of every page. */
export const pageQuery = {
  cursor: z.string().max(500).optional().meta({ description: 'From `nextCursor` of the page before' }),
  limit: z.coerce.number().int().min(1).max(MOST_PER_PAGE).default(PER_PAGE),
};

export interface Page<T> { items: T[]; nextCursor: string | null }
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** Reads a cursor that `page` wrote; null for the first page. Throws ProblemError (422) for any other text. */
export function readCursor<T>(schema: z.ZodType<T>, cursor: string | undefined): T | null {
  if (cursor === undefined) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    return fail(wrongInput([{ field: '?cursor', rule: { zh: '不是此列表的页码：请从头开始', en: 'not a cursor of this list; begin without one' } }]));
  }
}

/** Cuts rows fetched with `limit + 1` into a page. */
export function page<Row, Item>(rows: readonly Row[], limit: number, place: (row: Row) => unknown, item: (row: Row) => Item): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? Buffer.from(JSON.stringify(place(last))).toString('base64url') : null;
  return { items: shown.map(item), nextCursor };
}
