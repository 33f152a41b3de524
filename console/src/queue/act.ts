/** Kept acts, without their sending: how one is made, which wait for which, and what became of one. */
import type { IDBPTransaction } from 'idb';
import type { Problem } from '../api/problem';
import type { Person, Role } from '../session/session';
import type { Kept, KeptAct } from './store';

/** `unkept`: this device could not write the act down; it was sent at once or, where refused, not done. */
export type Outcome = { id: string; unkept?: true } & (
  | { kind: 'done'; answer: Record<string, unknown> }
  /** No network, or the server is away: it is kept here and sent later. */
  | { kind: 'waiting' }
  /** The server keeps it until a worker is up. */
  | { kind: 'kept' }
  | { kind: 'refused'; status: number; problem: Problem | null }
);

export interface ToSend {
  claimNo: string | null;
  command: string;
  /** Where it goes, when not to the act's own address. */
  path?: string;
  body: unknown;
  ifMatch?: string;
  /** For an act on a claim reported here that has no number yet; for the next version of a report, its own. */
  localId?: string;
  name?: string;
  draft?: { key: string; value: unknown };
}

export const REPORT_PATH = '/v1/claims';

export function newAct({ claimNo, command, path, body, ifMatch, localId, name, draft }: ToSend, person: Person, role: Role): KeptAct {
  const id = crypto.randomUUID();
  return {
    id, n: 0, personId: person.personId, role, claimNo, localId: localId ?? (path === REPORT_PATH ? id : null), command, path: path ?? null, body, name: name ?? null, saidAt: new Date().toISOString(), ifMatch: ifMatch ?? null,
    state: 'waiting', waitsFor: null, attempts: 0, status: null, problem: null, answer: null, replaces: null, draft: draft ?? null,
  };
}

type WritesActs = IDBPTransaction<Kept, Array<'acts' | 'files' | 'drafts'>, 'readwrite'>;

/** Writes a new act down behind all others. */
export async function putLast(transaction: WritesActs, act: KeptAct): Promise<void> {
  const acts = transaction.objectStore('acts');
  const all = await acts.getAll();
  await acts.put({ ...act, n: Math.max(0, ...all.map((one) => one.n)) + 1 });
}

/** Acts of one lane are sent one after the other: those of one claim, also before it has a number. */
export const laneOf = (act: KeptAct): string => act.claimNo ?? act.localId ?? act.id;

/** Has it no final answer yet? `sending` too: the tab that was at it may be gone; what the server keeps is asked about. */
export const isOpen = ({ state }: KeptAct): boolean => state === 'waiting' || state === 'sending' || state === 'kept';

/** The number of its claim; of a report, the one that the answer gives. */
export const claimNoIn = ({ claimNo }: KeptAct, answer: Record<string, unknown>): string | null => claimNo ?? (typeof answer['claimNo'] === 'string' ? answer['claimNo'] : null);

export const isReport = (act: KeptAct): boolean => act.path === REPORT_PATH;

/** Where it is sent; null while its claim has no number. */
export const pathOf = ({ path, claimNo, command }: KeptAct): string | null => path ?? (claimNo === null ? null : `/v1/claims/${claimNo}/acts/${command}`);

export function outcomeOf(act: KeptAct): Outcome {
  switch (act.state) {
    case 'done': return { id: act.id, kind: 'done', answer: act.answer as Record<string, unknown> };
    case 'kept': return { id: act.id, kind: 'kept' };
    case 'refused': return { id: act.id, kind: 'refused', status: act.status ?? 0, problem: act.problem };
    default: return { id: act.id, kind: 'waiting' };
  }
}
