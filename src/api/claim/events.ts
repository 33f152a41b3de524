/** What happened to a claim: `GET /v1/claims/{claimNo}/events`, oldest first. */
import * as z from 'zod';
import { type Actor, type EventType, type Role } from '../../domain/claim';
import { ROLES } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { page, pageOf, pageQuery, readCursor, type Page } from '../http/cursor';
import { namesOf } from './access';
import { accountAs, hiddenEventTypes } from './sees';

/** Operations see stages and errors, not the log (SPEC §1.2). */
export const EVENT_READERS: readonly Role[] = ROLES.filter((role) => role !== 'ops');

export const eventsQuery = z.strictObject(pageQuery);
const time = z.iso.datetime();
export const claimEvent = z.object({
  version: z.int(), type: z.string(), at: time, saidAt: time.nullable(), actId: z.string(), command: z.string(),
  by: z.object({ personId: z.string(), role: z.string(), name: z.string().nullable() }),
  data: z.looseObject({}).nullable(), personal: z.looseObject({}).nullable(), hash: z.string(),
}).meta({ id: 'ClaimEvent', description: 'data and personal are null for who may not see them' });
export const eventsPage = pageOf(claimEvent);

/** What the column of versions holds. */
const MOST_VERSION = 2 ** 31 - 1;

/** One page of a claim's events; the claim was found in scope before. */
export async function listEvents(tx: Tx, actor: Actor, claimNo: string, { cursor, limit }: z.infer<typeof eventsQuery>): Promise<Page<z.infer<typeof claimEvent>>> {
  const after = readCursor(z.int().min(0).max(MOST_VERSION), cursor) ?? 0;
  const rows = await tx.claimEvent.findMany({ where: { claimNo, version: { gt: after } }, orderBy: { version: 'asc' }, take: limit + 1, include: { personal: { select: { content: true } } } });
  const names = await namesOf(tx, rows.map((row) => authorOf(row).personId));
  const hidden = hiddenEventTypes(actor);
  return page(rows, limit, (row) => row.version, (row) => {
    const { personId, role, command } = authorOf(row);
    const shown = !hidden.includes(row.type as EventType);
    return {
      version: row.version, type: row.type, at: row.at.toISOString(), saidAt: row.saidAt?.toISOString() ?? null, actId: row.actId, command,
      by: { personId, role, name: names[personId] ?? null },
      data: shown ? withoutCalendar(row.data as Record<string, unknown>) : null,
      personal: shown && row.personal ? withAccountsAs(row.personal.content as Record<string, unknown>) : null,
      hash: row.hash,
    };
  });
}

const authorOf = (row: { actor: unknown }): { personId: string; role: string; command: string } => row.actor as { personId: string; role: string; command: string };

/** Payees were named with their accounts. */
const withAccountsAs = ({ payees, ...personal }: Record<string, unknown>): Record<string, unknown> =>
  (payees === undefined ? personal : { ...personal, payees: (payees as Array<{ account: string }>).map((payee) => ({ ...payee, account: accountAs(payee.account) })) });

/** A calendar is a few kilobytes of days that nobody reads in a timeline; its version stands with each due date. */
const withoutCalendar = ({ calendar: _, ...data }: Record<string, unknown>): Record<string, unknown> => data;
