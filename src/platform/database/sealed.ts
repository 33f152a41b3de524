/**
 * Columns that are sealed at rest (docs/decisions/0017-keys.md): everybody who reads or writes through a Database opened with keys works
 * with clear values, and PostgreSQL holds sealed ones. SQL of one's own passes by: it sees what the database holds.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { type KeyRing } from '../keys/key-ring';
import { NotGenuine } from '../keys/seal';
import { fromSealedText, toSealedText } from '../keys/sealed-text';
import { Prisma } from './generated/client';

/** A table with sealed columns, in the database's own names. `key` tells its rows apart: each column of it with its type. */
export interface SealedTable {
  table: 'patient' | 'payee' | 'claim_event_personal' | 'document';
  key: Readonly<Record<string, 'text' | 'uuid' | 'integer'>>;
  columns: readonly string[];
  /** The one of them that is JSON: what is sealed is its text. */
  json?: string;
}

/** All of them. Names stay in clear where people search by them (patient.name); what nobody searches by is sealed whole. */
export const SEALED: readonly SealedTable[] = [
  { table: 'patient', key: { id: 'uuid' }, columns: ['identity_number', 'phone'] },
  { table: 'payee', key: { claim_no: 'text', id: 'text' }, columns: ['holder', 'account'] },
  // The salt too: beside it, the hash in the event would let short contents be guessed.
  { table: 'claim_event_personal', key: { claim_no: 'text', version: 'integer' }, columns: ['salt', 'content'], json: 'content' },
  // People name files after the person, number and all.
  { table: 'document', key: { id: 'uuid' }, columns: ['file_name'] },
];

/** Where a value belongs: opened elsewhere, it is not genuine. */
export const placeOf = (table: string, column: string, key: ReadonlyArray<string | number>): string => `${table}.${column}/${key.join('/')}`;

/** `v1.<key id>.<base64url>` under the key that seals now. */
export const sealText = (keys: KeyRing, clear: string, place: string): string => toSealedText(keys, 'columns', Buffer.from(clear), place);

/** What `sealText` was given; a text in clear, from before there were keys, as it is. Throws KeyMissing, NotGenuine. */
export const openText = (keys: KeyRing, text: string, place: string): string => fromSealedText(keys, 'columns', text, place)?.toString() ?? text;

/** Opens one value of a sealed column, in the database's own names. */
export type Open = (table: SealedTable['table'], column: string, key: ReadonlyArray<string | number>, text: string) => string;
export const openerOf = (keys: KeyRing): Open => (table, column, key, text) => openText(keys, text, placeOf(table, column, key));

/** What stands beside an event, whose column is JSON: sealed it is a string. */
export const openContent = (open: Open, { claimNo, version, content }: { claimNo: string; version: number; content: Prisma.JsonValue }): Prisma.JsonValue =>
  (typeof content === 'string' ? jsonOf(open('claim_event_personal', 'content', [claimNo, version], content)) : content);

/** By what an identity number is found without being read: `<key id>.<HMAC>`, equal for equal numbers however they are written. */
export const identityIndex = (keys: KeyRing, identityNumber: string, keyId = keys.current('blind-index').id): string =>
  `${keyId}.${createHmac('sha256', keys.byId('blind-index', keyId).key).update(`identity:${identityNumber.trim().toUpperCase()}`).digest('base64url')}`;

/** What an identity number may stand under, while keys are being turned over. */
export const identityIndexes = (keys: KeyRing, identityNumber: string): string[] => keys.ids().map((id) => identityIndex(keys, identityNumber, id));

/** Seals what is written and opens what is read, through relations too. A value that is not selected by name is opened when it is looked at. */
export function sealing(keys: KeyRing) {
  const open = openerOf(keys);
  const opened = (table: SealedTable['table'], column: string, key: ReadonlyArray<string | number>, text: string | null): string | null => (text === null ? null : open(table, column, key, text));
  return Prisma.defineExtension({
    name: 'sealed-columns',
    result: {
      patient: {
        identityNumber: { needs: { id: true, identityNumber: true }, compute: (row): string | null => opened('patient', 'identity_number', [row.id], row.identityNumber) },
        phone: { needs: { id: true, phone: true }, compute: (row): string | null => opened('patient', 'phone', [row.id], row.phone) },
      },
      payee: {
        holder: { needs: { claimNo: true, id: true, holder: true }, compute: (row): string => open('payee', 'holder', [row.claimNo, row.id], row.holder) },
        account: { needs: { claimNo: true, id: true, account: true }, compute: (row): string => open('payee', 'account', [row.claimNo, row.id], row.account) },
      },
      document: { fileName: { needs: { id: true, fileName: true }, compute: (row): string => open('document', 'file_name', [row.id], row.fileName) } },
      claimEventPersonal: {
        salt: { needs: { claimNo: true, version: true, salt: true }, compute: (row): string => open('claim_event_personal', 'salt', [row.claimNo, row.version], row.salt) },
        content: { needs: { claimNo: true, version: true, content: true }, compute: (row): Prisma.JsonValue => openContent(open, row) },
      },
    },
    query: {
      patient: { $allOperations: ({ operation, args, query }) => query(sealArgs(operation, args, ['identityNumber', 'phone'], (row, where) => sealPatient(keys, row, where), ['update'])) },
      payee: { $allOperations: ({ operation, args, query }) => query(sealArgs(operation, args, ['holder', 'account'], (row) => sealPayee(keys, row))) },
      document: { $allOperations: ({ operation, args, query }) => query(sealArgs(operation, args, ['fileName'], (row) => sealDocument(keys, row))) },
      claimEventPersonal: { $allOperations: ({ operation, args, query }) => query(sealArgs(operation, args, ['salt', 'content'], (row) => sealPersonal(keys, row))) },
    },
  });
}

type Row = Record<string, unknown>;
const of = (row: Row, name: string): string => {
  const value = row[name];
  // A value is bound to its row: without the row's key, or by an expression, nothing can be sealed.
  if (typeof value !== 'string' && typeof value !== 'number') throw new TypeError(`sealed columns are written with a plain ${name}`);
  return String(value);
};

function sealPatient(keys: KeyRing, row: Row, where: Row | undefined): Row {
  const id = where !== undefined ? of(where, 'id') : row['id'] === undefined ? randomUUID() : of(row, 'id');
  const sealed: Row = where === undefined ? { ...row, id } : { ...row };
  const { identityNumber, phone } = row;
  if (typeof identityNumber === 'string') {
    sealed['identityNumber'] = sealText(keys, identityNumber, placeOf('patient', 'identity_number', [id]));
    sealed['identityIndex'] = identityIndex(keys, identityNumber);
  } else if (identityNumber === null) sealed['identityIndex'] = null;
  if (typeof phone === 'string') sealed['phone'] = sealText(keys, phone, placeOf('patient', 'phone', [id]));
  return sealed;
}

function sealPayee(keys: KeyRing, row: Row): Row {
  const key = [of(row, 'claimNo'), of(row, 'id')];
  return { ...row, holder: sealText(keys, of(row, 'holder'), placeOf('payee', 'holder', key)), account: sealText(keys, of(row, 'account'), placeOf('payee', 'account', key)) };
}

const sealDocument = (keys: KeyRing, row: Row): Row => ({ ...row, fileName: sealText(keys, of(row, 'fileName'), placeOf('document', 'file_name', [of(row, 'id')])) });

function sealPersonal(keys: KeyRing, row: Row): Row {
  const key = [of(row, 'claimNo'), of(row, 'version')];
  return {
    ...row, salt: sealText(keys, of(row, 'salt'), placeOf('claim_event_personal', 'salt', key)),
    content: sealText(keys, JSON.stringify(row['content']), placeOf('claim_event_personal', 'content', key)),
  };
}

/** Rows are created, or one is updated by its key. Another way to write a sealed column throws: its value would be kept in clear, or be bound to no row. */
function sealArgs<Args>(operation: string, args: Args, columns: string[], sealRow: (row: Row, where?: Row) => Row, updates: string[] = []): Args {
  const { data, where, ...rest } = args as { data?: Row | Row[]; where?: Row };
  if (operation.startsWith('create') && data !== undefined) return { ...rest, data: Array.isArray(data) ? data.map((row) => sealRow(row)) : sealRow(data) } as Args;
  if (operation !== 'upsert' && !columns.some((column) => data !== undefined && column in data)) return args;
  if (!updates.includes(operation)) throw new TypeError(`a sealed column is not written by ${operation}`);
  return { ...rest, where, data: sealRow(data as Row, where ?? {}) } as Args;
}

function jsonOf(text: string): Prisma.JsonValue {
  try {
    return JSON.parse(text) as Prisma.JsonValue;
  } catch {
    throw new NotGenuine(); // a text in clear where only sealed ones are strings
  }
}
