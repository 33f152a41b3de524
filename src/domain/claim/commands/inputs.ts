/** The shapes that bodies of several commands share. Strict: an unknown field is refused, not ignored. */
import * as z from 'zod';
import { DOCUMENT_KINDS } from '../documents';
import { BENEFITS } from '../reasons';
import type { Text } from '../text';

/** A rule of our own as the message of a schema: it holds both languages, for `rulesIn` to tell apart again. */
export const inBoth = ({ zh, en }: Text): string => JSON.stringify({ zh, en });
/** What `inBoth` wrote; null for any other message. */
export function rulesIn(message: string): Text | null {
  return message.startsWith('{"zh":') ? (JSON.parse(message) as Text) : null;
}

/** An instant with offset or Z; kept as UTC. */
export const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value).toISOString())
  // Times are compared as text: a year of five digits or before the common era would sort wrongly.
  .refine((value) => value >= '2000' && value < '2100', inBoth({ zh: '应为 2000 年至 2099 年间的时间', en: 'a time from the years 2000 to 2099' })).meta({ description: 'An instant, ISO 8601 with offset' });
export const id = z.string().min(1).max(64).regex(/^[A-Za-z0-9._:-]+$/, inBoth({ zh: '只能用字母、数字和 . _ : -', en: 'letters, digits and . _ : - only' }));
export const uuid = z.uuid();
/** A line of text as PostgreSQL can keep it: no NUL, no half of a surrogate pair. */
export const text = (most: number) => z.string().trim().min(1).max(most).refine((value) => !/[\p{Surrogate}\u0000]/u.test(value), inBoth({ zh: '含有无法保存的字符（NUL 或不完整的字符）', en: 'holds a character that cannot be stored (NUL or half a surrogate pair)' }));
/** Free text of a person: personal, kept apart from the facts and never put into the state. */
export const note = text(2000).meta({ description: 'Free text for people; kept apart from the facts, erasable' });
/** An amount in fen: a safe integer, not negative. */
export const fen = z.int().min(0).max(100_000_000_00).meta({ description: 'Amount in fen (1/100 CNY)' });
/** The bank's own number of a payment, as banks write them. */
export const bankReference = z.string().regex(/^[\w-]{1,80}$/, inBoth({ zh: '1 至 80 个字母、数字、_ 或 -', en: '1 to 80 letters, digits, _ and -' }));
/** A payment's key, ours or one that we never gave (SPEC §1.9). */
export const paymentKey = z.string().min(1).max(200);
export const documentKind = z.enum(DOCUMENT_KINDS);
export const asked = z.array(z.strictObject({ benefit: z.enum(BENEFITS), askedFen: fen.min(1) })).min(1).max(BENEFITS.length)
  .refine((list) => new Set(list.map((line) => line.benefit)).size === list.length, inBoth({ zh: '每个项目只能填一次', en: 'each benefit once' }));
export const claimNumber = z.string().regex(/^KP-\d{4}-\d{6}$/, inBoth({ zh: '案件号，如 KP-2026-000123', en: 'a claim number such as KP-2026-000123' }));
/** A body without fields, optionally with a note. */
export const noteOnly = z.strictObject({ note: note.optional() });

/** The personal part of an event for a body that may carry a note. */
export const noted = (input: { note?: string | undefined }): { note: string } | undefined => (input.note === undefined ? undefined : { note: input.note });
