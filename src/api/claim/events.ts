/** What happened to a claim: `GET /v1/claims/{claimNo}/events`, oldest first unless asked otherwise. */
import * as z from 'zod';
import { personsOf, type Actor, type ClaimState, type EventType, type Role } from '../../domain/claim';
import { erasureOf, partOf, RETENTION_RULES, type Erasure } from '../../domain/retention';
import { ROLES } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { page, pageOf, pageQuery, readCursor } from '../http/cursor';
import { namesOf } from './access';
import { accountAs, hiddenEventTypes, seesClinical, withoutReasons } from './sees';

/** Operations see stages and errors, not the log (SPEC §1.2). */
export const EVENT_READERS: readonly Role[] = ROLES.filter((role) => role !== 'ops');

export const eventsQuery = z.strictObject({
  order: z.enum(['oldest', 'newest']).default('oldest').meta({ description: 'Which end of the story comes first' }),
  type: z.string().regex(/^[a-z-]{1,40}$/).optional().meta({ description: 'Only events of this type' }),
  ...pageQuery,
});
const time = z.iso.datetime();
export const claimEvent = z.object({
  version: z.int(), type: z.string(), at: time, saidAt: time.nullable(), actId: z.string(), command: z.string(),
  by: z.object({
    personId: z.string(), role: z.string(), name: z.string().nullable(),
    onBehalfOf: z.object({ personId: z.string(), name: z.string().nullable() }).nullable().meta({ description: 'For whom, who was away' }),
  }),
  data: z.looseObject({}).nullable(), personal: z.looseObject({}).nullable(),
  erased: z.object({ rule: z.enum(RETENTION_RULES), at: time }).nullable().meta({ description: 'The personal part was erased: by which rule, and when' }), hash: z.string(),
}).meta({ id: 'ClaimEvent', description: 'data and personal are null for who may not see them' });
export const eventsPage = pageOf(claimEvent).extend({ names: z.record(z.string(), z.string()).meta({ description: 'Names of the persons in these events, as far as the directory shows them to you' }) }).meta({ id: 'EventsPage' });

/** What the column of versions holds. */
const MOST_VERSION = 2 ** 31 - 1;

/** One page of a claim's events; the claim was found in scope before. */
export async function listEvents(tx: Tx, actor: Actor, { claimNo, ...state }: Pick<ClaimState, 'claimNo' | 'erased'>, { order, type, cursor, limit }: z.infer<typeof eventsQuery>): Promise<z.infer<typeof eventsPage>> {
  const after = readCursor(z.int().min(0).max(MOST_VERSION), cursor);
  const rows = await tx.claimEvent.findMany({ where: { claimNo, ...(type === undefined ? {} : { type }), ...(after === null ? {} : { version: order === 'newest' ? { lt: after } : { gt: after } }) }, orderBy: { version: order === 'newest' ? 'desc' : 'asc' }, take: limit + 1, include: { personal: { select: { content: true } } } });
  const hidden = hiddenEventTypes(actor);
  const names = await namesOf(tx, rows.flatMap((row) => [...personsOf(authorOf(row)), ...(hidden.includes(row.type as EventType) ? [] : personsIn(row.data))]));
  const found = page(rows, limit, (row) => row.version, (row) => {
    const { personId, role, command, onBehalfOf } = authorOf(row);
    const shown = !hidden.includes(row.type as EventType);
    return {
      version: row.version, type: row.type, at: row.at.toISOString(), saidAt: row.saidAt?.toISOString() ?? null, actId: row.actId, command,
      by: { personId, role, name: names[personId] ?? null, onBehalfOf: onBehalfOf === undefined ? null : { personId: onBehalfOf, name: names[onBehalfOf] ?? null } },
      data: shown ? dataFor(actor, row.type, row.data as Record<string, unknown>) : null,
      personal: shown && row.personal && erasureOf(state, partOf(row.type)) === null ? withAccountsAs(row.personal.content as Record<string, unknown>) : null,
      erased: row.personalHash === null ? null : erasedAs(erasureOf(state, partOf(row.type))),
      hash: row.hash,
    };
  });
  return { ...found, names };
}

const erasedAs = (erasure: Erasure | null) => erasure && { rule: erasure.rule, at: erasure.at };

/** Whom an event is about: a task goes to somebody, a mediator is appointed. */
const personsIn = (data: unknown): string[] => ['to', 'assignee', 'personId'].map((key) => (data as Record<string, unknown>)[key]).filter((one) => typeof one === 'string');

interface Author { personId: string; role: string; command: string; onBehalfOf?: string }
const authorOf = (row: { actor: unknown }): Author => row.actor as Author;

/** Payees were named with their accounts. */
const withAccountsAs = ({ payees, ...personal }: Record<string, unknown>): Record<string, unknown> =>
  (payees === undefined ? personal : { ...personal, payees: (payees as Array<{ account: string }>).map((payee) => ({ ...payee, account: accountAs(payee.account) })) });

const dataFor = (actor: Actor, type: string, data: Record<string, unknown>): Record<string, unknown> =>
  (type === 'decided' && !seesClinical(actor) ? withoutReasons(data as { decision: unknown; lines: unknown }) : withoutCalendar(data));

/** A calendar is a few kilobytes of days that nobody reads in a timeline; its version stands with each due date. */
const withoutCalendar = ({ calendar: _, ...data }: Record<string, unknown>): Record<string, unknown> => data;
