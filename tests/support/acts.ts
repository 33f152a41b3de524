import { randomUUID } from 'node:crypto';
import { patiently, signIn, type ActAnswer, type ApiClient } from '../../dev/client';
import { tokenFor } from '../../dev/identity';
import { personaOf } from '../../dev/personas';

/** One answer to one sending of an act, `at` (ms) when it was there; `status` is null when none came: then nobody knows whether it was done (never "failed"). */
export interface Answered { status: number | null; version: number | null; code: string | null; retryAfter: string | null; location: string | null; body: unknown; at: number }

/** An act under its key, with every answer that its sender got, and what was said of it when asked by its key. `claimNo` is null for a report until it is answered. */
export interface SentAct { key: string; account: string; claimNo: string | null; command: string; answers: Answered[]; told?: 'queued' | 'done' | 'refused' }

/** Every act that was sent; `heard` is told of each sending, of its answer, and of what was said when asked, as it happens. */
export interface ActLog { acts: SentAct[]; heard?: (what: 'sent' | 'answered' | 'told', act: SentAct) => void }
export const createActLog = (): ActLog => ({ acts: [] });

/** A persona with the habits of a good client: an act keeps its key until its outcome is known. */
export interface TestPerson extends Pick<ApiClient, 'get' | 'upload'> {
  /** Sends an act once, whatever comes of it. */
  send(claimNo: string, command: string, body: unknown, key?: string, headers?: Record<string, string>): Promise<Answered>;
  /** Sends an act until its outcome is known: again under the same key after silence or 503, and asks about it after 202. Throws when it is refused. */
  act(claimNo: string, command: string, body: unknown, key?: string): Promise<ActAnswer>;
  /** Asks what became of an act; null while nobody answers, or nobody knows of it. */
  ask(claimNo: string, command: string, key: string): Promise<'queued' | 'done' | 'refused' | null>;
  /** Reports a surgery, sent once. */
  sendReport(body: unknown, key?: string): Promise<Answered>;
  /** Reports until it is answered; the claim's number. */
  report(body: unknown, key?: string): Promise<string>;
  /** A request under this person's token, as it comes back; asked too often, after the time it was told. */
  fetch(path: string, options?: RequestInit): Promise<Response>;
}

/** How long one sending may take before its client gives up on the answer. */
const PATIENCE_MS = 20_000;
const TRY_AGAIN_MS = 150;
const LONGEST_MS = 90_000;

export async function signInAs(stack: { apiUrl: string; issuer: string }, account: string, log: ActLog): Promise<TestPerson> {
  const [client, token] = await Promise.all([signIn(stack, account), tokenFor(stack.issuer, personaOf(account).account)]);
  const authorised = (path: string, options: RequestInit = {}): Promise<Response> =>
    patiently(() => fetch(`${stack.apiUrl}${path}`, { signal: AbortSignal.timeout(PATIENCE_MS), ...options, headers: { authorization: `Bearer ${token}`, ...options.headers as Record<string, string> } }));

  async function post(act: SentAct, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
    log.heard?.('sent', act);
    const answered = await authorised(path, {
      method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', 'idempotency-key': act.key, ...headers },
    }).then(async (response): Promise<Answered> => {
      const said = await response.json() as { claimNo?: string; version?: number; code?: string };
      act.claimNo ??= said.claimNo ?? null;
      return { status: response.status, version: said.version ?? null, code: said.code ?? null, retryAfter: response.headers.get('retry-after'), location: response.headers.get('location'), body: said, at: Date.now() };
    }).catch((): Answered => ({ status: null, version: null, code: null, retryAfter: null, location: null, body: null, at: Date.now() }));
    act.answers.push(answered);
    log.heard?.('answered', act);
    return answered;
  }

  /** The log's entry of a key, so that a second sending adds to the first. */
  function entry(claimNo: string | null, command: string, key: string): SentAct {
    const known = log.acts.find((act) => act.key === key && act.account === account && act.command === command);
    if (known) return known;
    const act: SentAct = { key, account, claimNo, command, answers: [] };
    log.acts.push(act);
    return act;
  }

  async function untilKnown(sendOnce: () => Promise<Answered>): Promise<Answered> {
    const giveUp = Date.now() + LONGEST_MS;
    for (;;) {
      const answered = await sendOnce();
      if (answered.status !== null && answered.status < 500 && answered.status !== 202) return answered;
      if (Date.now() > giveUp) throw new Error(`no outcome after ${LONGEST_MS} ms; last answer ${answered.status ?? 'none'}`);
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }

  const person: TestPerson = {
    get: client.get, upload: client.upload, fetch: authorised,
    send: (claimNo, command, body, key = randomUUID(), headers = {}) => post(entry(claimNo, command, key), `/v1/claims/${claimNo}/acts/${command}`, body, headers),
    async act(claimNo, command, body, key = randomUUID()) {
      const answered = await untilKnown(() => person.send(claimNo, command, body, key));
      if (answered.status !== 200) throw new Error(`${account} ${command} on ${claimNo}: ${answered.status} ${answered.code} ${JSON.stringify(answered.body)}`);
      return answered.body as ActAnswer;
    },
    async ask(claimNo, command, key) {
      const said = await authorised(`/v1/claims/${claimNo}/acts/${key}`).then(async (response) => (response.status === 200 ? await response.json() as { status: 'queued' | 'done' | 'refused' } : null)).catch(() => null);
      if (said === null) return null;
      const act = entry(claimNo, command, key);
      act.told = said.status;
      log.heard?.('told', act);
      return said.status;
    },
    sendReport: (body, key = randomUUID()) => post(entry(null, 'report', key), '/v1/claims', body),
    async report(body, key = randomUUID()) {
      const answered = await untilKnown(() => person.sendReport(body, key));
      if (answered.status !== 201) throw new Error(`${account} report: ${answered.status} ${answered.code} ${JSON.stringify(answered.body)}`);
      return (answered.body as { claimNo: string }).claimNo;
    },
  };
  return person;
}
