/** Sealing anew what stays: every sealed column under the key that seals now, while everything runs (docs/decisions/0017-keys.md, "Rotation"). */
import type { Database } from '../database';
import { Prisma } from '../database/generated/client';
import { identityIndex, openText, placeOf, SEALED, sealText, type SealedTable } from '../database/sealed';
import { KeyMissing, type KeyRing } from './key-ring';
import { NotGenuine } from './seal';
import { keyIdOf } from './sealed-text';

/** How many rows were sealed anew, and how many hold what no key opens: they are left as they are. */
export interface Resealed { rows: number; unreadable: number }

/** Of a row: its key, and its sealed columns as the database holds them, JSON as its text. */
interface Row { key: string[]; values: Array<string | null> }

const BATCH = 200;
const name = (column: string): Prisma.Sql => Prisma.raw(`"${column}"`); // of our own list, never of a caller

/**
 * Walks every sealed column once. Stopped half-way it has done half; run again it does the rest. A row that somebody changes at the same
 * moment is left to them: they seal it under the key they know, so walk again once every process knows the new one.
 * @param database the worker's
 * @param say is told tables and counts, never a value
 */
export async function reseal(database: Database, keys: KeyRing, say: (line: string) => void): Promise<Resealed> {
  const total: Resealed = { rows: 0, unreadable: 0 };
  for (const table of SEALED) {
    for (let rows = await due(database, keys, table, null); rows.length > 0; rows = await due(database, keys, table, rows.at(-1)?.key ?? null)) {
      for (const row of rows) total[await sealAnew(database, keys, table, row)] += 1;
      say(`${table.table}: ${total.rows} rows sealed anew so far`);
    }
  }
  return total;
}

/** How many values of the database stand under each key, keys of stored contents among them; `in clear` for those that are not sealed. */
export async function countByKey(database: Database): Promise<Record<string, number>> {
  const each = SEALED.flatMap(({ table, columns, json }) => columns.map((column) => Prisma.sql`SELECT ${column === json ? Prisma.sql`${name(column)} #>> '{}'` : name(column)} AS value FROM ${name(table)}`));
  const others = [Prisma.sql`SELECT 'v1.' || identity_index FROM patient`, Prisma.sql`SELECT object_key FROM document`];
  const counted = await database.$queryRaw<Array<{ key: string | null; total: number }>>`
    SELECT substring(value FROM '^v1\\.([a-z0-9-]+)\\.[A-Za-z0-9_-]+$') AS key, count(*)::int AS total FROM (${Prisma.join([...each, ...others], ' UNION ALL ')}) AS v WHERE value IS NOT NULL GROUP BY 1 ORDER BY 1`;
  return Object.fromEntries(counted.map(({ key, total }) => [key ?? 'in clear', total]));
}

/** The next rows, by their keys after `after`, that hold anything but what the current key sealed. */
async function due(database: Database, keys: KeyRing, { table, key, columns, json }: SealedTable, after: string[] | null): Promise<Row[]> {
  const { id } = keys.current('columns');
  const isDue = columns.map((column) => Prisma.sql`NOT starts_with(${column === json ? Prisma.sql`${name(column)} #>> '{}'` : name(column)}, ${`v1.${id}.`})`);
  if (table === 'patient') isDue.push(Prisma.sql`identity_number IS NOT NULL AND NOT coalesce(starts_with(identity_index, ${`${id}.`}), false)`);
  const parts = Object.entries(key);
  const beyond = after === null ? Prisma.sql`true` : Prisma.sql`(${Prisma.join(parts.map(([column]) => name(column)))}) > (${Prisma.join(parts.map(([, type], n) => Prisma.sql`${after[n]}::text::${Prisma.raw(type)}`))})`;
  const texts = (all: readonly string[]): Prisma.Sql => Prisma.sql`ARRAY[${Prisma.join(all.map((column) => Prisma.sql`${name(column)}::text`))}]`;
  return database.$queryRaw<Row[]>`
    SELECT ${texts(Object.keys(key))} AS key, ${texts(columns)} AS values FROM ${name(table)}
    WHERE ${beyond} AND (${Prisma.join(isDue, ' OR ')}) ORDER BY ${Prisma.join(parts.map(([column]) => name(column)))} LIMIT ${BATCH}`;
}

async function sealAnew(database: Database, keys: KeyRing, { table, columns, json }: SealedTable, { key, values }: Row): Promise<keyof Resealed> {
  try {
    const clear = values.map((value, n) => value === null ? null : openText(keys, columns[n] === json ? textOf(value) : value, placeOf(table, columns[n]!, key)));
    const anew = clear.map((value, n) => value === null ? null : sealText(keys, value, placeOf(table, columns[n]!, key)));
    await exchange(database, keys, table, key, values, anew, clear);
    return 'rows';
  } catch (error) {
    if (error instanceof KeyMissing || error instanceof NotGenuine) return 'unreadable';
    throw error;
  }
}

/** Only while the row holds what was read: whoever wrote in between has sealed it. */
function exchange(database: Database, keys: KeyRing, table: SealedTable['table'], key: string[], was: Row['values'], anew: Row['values'], [identityNumber = null]: Row['values']): Promise<unknown> {
  const index = table === 'patient' && identityNumber !== null ? identityIndex(keys, identityNumber) : null;
  switch (table) {
    case 'patient': return database.$executeRaw`UPDATE patient SET identity_number = ${anew[0]}, phone = ${anew[1]}, identity_index = ${index}
      WHERE id = ${key[0]}::uuid AND identity_number IS NOT DISTINCT FROM ${was[0]} AND phone IS NOT DISTINCT FROM ${was[1]}`;
    case 'document': return database.$executeRaw`UPDATE document SET file_name = ${anew[0]} WHERE id = ${key[0]}::uuid AND file_name = ${was[0]}`;
    case 'payee': return database.$queryRaw`SELECT reseal_payee(${key[0]}, ${key[1]}, ${was[0]}, ${was[1]}, ${anew[0]}, ${anew[1]})`;
    case 'claim_event_personal': return database.$queryRaw`SELECT reseal_personal(${key[0]}, ${Number(key[1])}::integer, ${was[0]}, ${was[1]}::jsonb, ${anew[0]}, ${anew[1]})`;
  }
}

/** A sealed JSON is a string; one in clear is sealed as it is spelled. */
function textOf(json: string): string {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'string') return json;
  if (keyIdOf(value) === null) throw new NotGenuine(); // no personal part is a mere string
  return value;
}
