/**
 * The one way in which acts leave this device: written down first, then sent under their id until an answer comes, in order within a claim.
 * Without a network they wait; a refusal is shown, never dropped, and holds up nothing but what rests on it.
 */
import type { QueryClient } from '@tanstack/react-query';
import { failureOf, send } from '../api/client';
import { asFailure, RequestFailed } from '../api/problem';
import { only, type Session } from '../session/session';
import { claimNoIn, isOpen, isReport, laneOf, newAct, outcomeOf, pathOf, putLast, type Outcome, type ToSend } from './act';
import { draftKey, putDraft, stopDraft } from './drafts';
import { createChanges, noteKeeping, store, type KeptAct } from './store';
import { createUnkept, type Answered } from './unkept';

export type { Outcome, ToSend } from './act';

export interface Queue {
  /** Writes the act down, sends it, and says what became of it. */
  send(act: ToSend): Promise<Outcome>;
  /** What is kept for the person who is signed in, in the order in which it was made. */
  acts(): readonly KeptAct[];
  /** Tries everything that waits, now. */
  flush(): Promise<void>;
  /** Takes in what was written down beside this queue. */
  read(): Promise<void>;
  /** Sends a refused act once more as its next version, for the claim as it stands now. */
  again(id: string): Promise<void>;
  /** Takes an act off the list; never one that is being sent. */
  forget(id: string): Promise<void>;
  watch(onChange: () => void): () => void;
}

const EVERY_MS = 15_000;
const LONGEST_MS = 30_000;
/** What was accepted stays listed for a day, as a record for the person. */
const REMEMBERED_MS = 24 * 3_600_000;

export function startQueue(session: Session, queries: QueryClient): Queue {
  const watchers = new Set<() => void>();
  let list: readonly KeptAct[] = [];
  const unkept = createUnkept(ask);
  const tellOthers = createChanges(() => { void read(); });

  async function read(): Promise<void> {
    const personId = session.person?.personId ?? '';
    const all = await store().then((database) => database.getAllFromIndex('acts', 'byPerson', personId)).catch(() => []);
    list = [...all.toSorted((a, b) => a.n - b.n), ...unkept.of(personId)];
    for (const onChange of watchers) onChange();
  }
  async function changed(): Promise<void> {
    tellOthers();
    await read();
  }
  async function keep(act: KeptAct): Promise<void> {
    await (await store()).put('acts', act);
    await changed();
  }

  /** Writes an answer down together with what follows from it for the acts and files behind. */
  async function keepAnswer(act: KeptAct, answer: Record<string, unknown>, state: 'done' | 'kept'): Promise<void> {
    const claimNo = claimNoIn(act, answer);
    const transaction = (await store()).transaction(['acts', 'files'], 'readwrite');
    const [acts, files] = [transaction.objectStore('acts'), transaction.objectStore('files')];
    // What was accepted stands at the server; here stays that it was. A report's own page still builds on its body.
    const said = state === 'done' ? { body: isReport(act) ? act.body : null, draft: null } : {};
    await acts.put({ ...act, ...said, state, waitsFor: null, attempts: act.attempts + 1, answer, claimNo });
    for (const later of await acts.getAll()) {
      if (later.id === act.id || laneOf(later) !== laneOf(act)) continue;
      const numbered = later.claimNo === null && later.localId !== null && later.localId === act.localId;
      // Who made the later act knew of this one: it moved the version, nobody else did.
      const moved = later.state === 'waiting' && later.ifMatch !== null && later.ifMatch === act.ifMatch && typeof answer['version'] === 'number';
      if (numbered || moved) await acts.put({ ...later, claimNo: numbered ? claimNo : later.claimNo, ifMatch: moved ? `"${answer['version'] as number}"` : later.ifMatch });
    }
    if (isReport(act)) for (const file of await files.getAll()) if (file.localId === act.localId && file.claimNo === null) await files.put({ ...file, claimNo });
    await transaction.done;
    await changed();
  }

  /** The server's answer to an act. Throws RequestFailed; nothing goes out under a token of anybody but who did it. */
  async function ask(act: KeptAct, path: string): Promise<Answered> {
    const mine = only(session, act.personId);
    if ((await mine.token()) === null) throw new RequestFailed(401, null);
    const headers: Record<string, string> = { 'content-type': 'application/json', 'idempotency-key': act.id };
    if ((mine.person?.roles.length ?? 0) > 1) headers['x-role'] = act.role;
    if (act.ifMatch !== null) headers['if-match'] = act.ifMatch;
    if (act.path === null) headers['x-said-at'] = act.saidAt;
    const answer = await send(mine, new Request(`${location.origin}${path}`, { method: 'POST', headers, body: JSON.stringify(act.body), signal: AbortSignal.timeout(LONGEST_MS) }));
    if (!answer.ok) throw await failureOf(answer);
    return { answer: (await answer.json()) as Record<string, unknown>, state: answer.status === 202 ? 'kept' : 'done' };
  }

  function lookAgain({ claimNo }: KeptAct): void {
    void queries.invalidateQueries({ queryKey: ['lists'] });
    if (claimNo !== null) void queries.invalidateQueries({ queryKey: ['claim', claimNo] });
  }

  /** Sends one act and writes down what came of it. Answers whether those behind it may go now. */
  async function post(act: KeptAct, path: string): Promise<boolean> {
    if (act.personId !== session.person?.personId) return false;
    // Only shown: a device that has become full since then sends all the same.
    if (act.state === 'waiting') await keep({ ...act, state: 'sending' }).catch(() => undefined);
    try {
      const { answer, state } = await ask(act, path);
      await keepAnswer(act, answer, state);
      return true;
    } catch (error) {
      // An answer that broke off is none: the same id is sent again.
      const failed = asFailure(error);
      const attempts = act.attempts + 1;
      if (failed.open) {
        await keep({ ...act, state: act.state === 'kept' ? 'kept' : 'waiting', attempts, waitsFor: failed.status === 401 ? 'sign-in' : failed.status === 0 ? 'network' : 'server' });
        return false;
      }
      await keep({ ...act, state: 'refused', attempts, waitsFor: null, status: failed.status, problem: failed.problem });
      return !isReport(act);
    } finally {
      lookAgain(act);
    }
  }

  /** Sends what waits in one lane, one tab at a time. What the server keeps is asked about under the same id. */
  async function sendLane(lane: string): Promise<void> {
    await navigator.locks.request(`kuaipei.acts ${lane}`, async () => {
      const tried = new Set<string>();
      for (;;) {
        await read();
        // `sending` without the lock: the tab that sent it is gone.
        const act = list.find((one) => laneOf(one) === lane && !tried.has(one.id) && isOpen(one));
        const path = act === undefined ? null : pathOf(act);
        if (!act || path === null) return;
        tried.add(act.id);
        if (!(await post(act.state === 'sending' ? { ...act, state: 'waiting' } : act, path))) return;
        // A report that has its number now is another lane.
        if (isReport(act)) { void flush(); return; }
      }
    });
  }

  async function flush(): Promise<void> {
    await read();
    const open = list.filter(isOpen);
    await Promise.all([...new Set(open.map(laneOf))].map(sendLane));
  }

  async function forgetOld(): Promise<void> {
    const database = await store();
    for (const act of await database.getAll('acts')) {
      if (act.state === 'done' && Date.now() - Date.parse(act.saidAt) > REMEMBERED_MS) await database.delete('acts', act.id);
    }
  }

  const again = (): void => { void flush().catch(() => undefined); };
  window.addEventListener('online', again);
  session.watch(again);
  window.setInterval(() => { if (list.some(isOpen)) again(); }, EVERY_MS);
  void forgetOld().then(again).catch(() => undefined);

  return {
    async send(given) {
      const { person, role } = session;
      if (!person || !role) throw new Error('nobody is signed in');
      const act = newAct(given, person, role);
      const { draft } = given;
      try {
        const transaction = (await store()).transaction(['acts', 'files', 'drafts'], 'readwrite');
        await putLast(transaction, act);
        // One write: what stands among the acts is in no form any more, and the other way round.
        if (draft) await transaction.objectStore('drafts').delete(draftKey(person.personId, draft.key));
        await transaction.done;
        noteKeeping(true);
      } catch {
        noteKeeping(false);
        const outcome = await unkept.send(act);
        await read();
        lookAgain(act);
        return outcome;
      }
      if (draft) stopDraft(person.personId, draft.key);
      await changed();
      // Whatever breaks now, it is written down and goes later.
      await sendLane(laneOf(act)).catch(() => undefined);
      const outcome = outcomeOf((await (await store()).get('acts', act.id)) ?? act);
      if (draft && outcome.kind === 'refused') await putDraft(person.personId, draft.key, draft.value);
      return outcome;
    },
    acts: () => list,
    flush,
    read,
    async again(id) {
      const transaction = (await store()).transaction('acts', 'readwrite');
      const refused = await transaction.store.get(id);
      if (refused?.state === 'refused') {
        await transaction.store.delete(id);
        await transaction.store.put({ ...refused, id: crypto.randomUUID(), replaces: id, state: 'waiting', ifMatch: null, attempts: 0, status: null, problem: null });
      }
      await transaction.done;
      await changed();
      await flush();
    },
    async forget(id) {
      const transaction = (await store().catch(() => null))?.transaction('acts', 'readwrite');
      if (!transaction) return;
      if ((await transaction.store.get(id))?.state !== 'sending') await transaction.store.delete(id);
      await transaction.done;
      await changed();
    },
    watch(onChange) { watchers.add(onChange); return () => { watchers.delete(onChange); }; },
  };
}
