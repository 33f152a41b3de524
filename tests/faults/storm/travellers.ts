/**
 * People who take claims along their ways through the API alone. No answer means unknown to them: they ask by the act's key, or send the
 * same again under it, until they know; and as people do, they press twice, press together, and come back to what they have done.
 */
import { paper } from '../../../dev/paper';
import type { ClaimView } from '../../../src/api/claim/view-schema';
import type { Answered, TestPerson } from '../../support/acts';
import { aReport } from '../../support/journey';
import { setFaults } from '../../support/parties';
import type { TestStack } from '../../support/stack';
import { between, chanceOf, claimOf, keyFrom, oneOf, type Chance, type Journey } from './plan';
import { missingOf, nextOf, wayOf, type Doing, type Way } from './ways';

export interface Rush {
  seed: number;
  /** How many claims are under way at once. */
  travellers: number;
  /** No claim is begun once this says so; those under way go on. */
  over: () => boolean;
  /** Claims under way are left where they are once this says so. */
  leave: () => boolean;
  only?: Journey;
}
export interface Travelled { begun: number; ended: number; left: Array<{ claimNo: string; stage: string | null }> }

/** One is refused when somebody else was first; so often means that the way is wrong, or the claim does not move. */
const MOST_REFUSALS = 10;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const isKnown = ({ status }: Answered): boolean => status !== null && status < 500 && status !== 202;

/** Claims of the seed, each begun when one before it has ended, until it is over. */
export async function rush(stack: TestStack, { seed, travellers, over, leave, only }: Rush): Promise<Travelled> {
  const travelled: Travelled = { begun: 0, ended: 0, left: [] };
  const bank = bankOf(stack);
  await Promise.all(Array.from({ length: travellers }, async () => {
    while (!over()) {
      const way = wayOf(claimOf(seed, (travelled.begun += 1), only));
      const { claimNo, stage, ended } = await travel(stack, way, bank, leave);
      if (ended) travelled.ended += 1;
      else if (claimNo !== null) travelled.left.push({ claimNo, stage });
    }
  }));
  return travelled;
}

async function travel(stack: TestStack, way: Way, bank: Bank, leave: () => boolean): Promise<{ claimNo: string | null; stage: string | null; ended: boolean }> {
  const chance = chanceOf(way.seed, 'habits');
  const [auditor, specialist] = await Promise.all([stack.person('auditor'), stack.person('specialist-a-h001')]);
  const report = aReport(way.n);
  const key = keyFrom(chance);
  const reported = await untilKnown(chance, leave, () => specialist.sendReport(report, key), chance() < 0.2, null);
  const claimNo = (reported?.body as { claimNo?: string } | undefined)?.claimNo ?? null;
  if (claimNo === null) return { claimNo, stage: null, ended: false };
  const uploaded = new Map<string, unknown>();
  const later: Array<() => Promise<unknown>> = [];
  let stage: string | null = null;
  let [refusedInARow, unseen] = [0, 0];
  while (!leave()) {
    const view = await look(auditor, claimNo);
    unseen = view === null ? unseen + 1 : 0;
    stage = view?.stage ?? stage;
    if (way.journey === 'facts' && stage !== null && stage !== 'collecting') return { claimNo, stage, ended: true };
    const next = view === null ? 'wait' : view.stage === 'documents' && !(way.journey === 'withdrawn' && way.withdrawIn === 'documents') ? await withPapers(specialist, view, uploaded, chance) : nextOf(way, view);
    if (next === 'done') {
      for (const again of later) await again();
      return { claimNo, stage, ended: true };
    }
    if (next === 'wait') { await pause(unseen > 0 ? patience(chance, unseen) : between(chance, 300, 900)); continue; }
    const actKey = keyFrom(chance);
    if (next.command === 'set-payee') await bank.misbehave(way, `${claimNo}:medical-costs:${actKey}.1`, chance);
    const answered = await act(stack, claimNo, next, actKey, chance, leave);
    refusedInARow = answered === null || answered.status === 200 ? 0 : refusedInARow + 1;
    if (refusedInARow > MOST_REFUSALS) throw new Error(`${way.journey} ${claimNo} in ${stage}: ${next.account} is refused ${next.command} again and again: ${JSON.stringify(answered!.body)}`);
    if (answered?.status === 200 || (answered?.status === 409 && answered.code === 'already-disputed')) {
      if (next.command === 'return-to-review') way.did.add('returned');
      if (next.command === 'dispute') way.did.add('disputed');
      // Somebody comes back to it hours later, with the same page still open.
      if (chance() < 0.1) later.push(async () => { await (await stack.person(next.account)).send(claimNo, next.command, next.body, actKey); });
    }
    await pause(between(chance, 50, 500));
  }
  return { claimNo, stage, ended: false };
}

/** Does it, alone, twice at once, or together with a colleague who does the same; null when it was left before anybody knew. */
async function act(stack: TestStack, claimNo: string, { account, command, body, others = [] }: Doing, key: string, chance: Chance, leave: () => boolean): Promise<Answered | null> {
  const person = await stack.person(account);
  const [twice, together, asks] = [chance() < 0.15, chance() < 0.12, chance() < 0.5];
  const mine = untilKnown(chance, leave, () => person.send(claimNo, command, body, key), twice, asks ? () => person.ask(claimNo, command, key) : null);
  if (together && others.length > 0) {
    const [colleague, theirs] = [await stack.person(oneOf(chance, others)), keyFrom(chance)];
    await untilKnown(chanceOf(theirs), leave, () => colleague.send(claimNo, command, body, theirs), false, null);
  }
  return mine;
}

/** How long somebody waits who was not answered, in ms: longer each time, up to some five seconds. */
const patience = (chance: Chance, tries: number): number => between(chance, 150, 300) * 2 ** Math.min(tries, 4);

/** Sends until the outcome is known; after silence the outcome may also be asked for, by the key. */
async function untilKnown(chance: Chance, leave: () => boolean, send: () => Promise<Answered>, twice: boolean, ask: (() => Promise<unknown>) | null): Promise<Answered | null> {
  let answered = twice ? (await Promise.all([send(), send()])).find(isKnown) : await send();
  for (let tries = 0; answered === undefined || !isKnown(answered); tries++) {
    if (leave()) return null;
    await pause(patience(chance, tries));
    if (await ask?.() === 'queued') continue;
    answered = await send();
  }
  return answered;
}

/** The claim's page as an auditor reads it; null when nobody answers. */
async function look(auditor: TestPerson, claimNo: string): Promise<ClaimView | null> {
  return auditor.fetch(`/v1/claims/${claimNo}`).then(async (response) => (response.status === 200 ? await response.json() as ClaimView : null)).catch(() => null);
}

/** Uploads what the file lacks, and then attaches some of it or all at once. An upload that breaks is begun again. */
async function withPapers(specialist: TestPerson, view: ClaimView, uploaded: Map<string, unknown>, chance: Chance): Promise<Doing | 'wait'> {
  const kinds = missingOf(view);
  const some = chance() < 0.5 ? kinds : kinds.slice(0, between(chance, 1, kinds.length + 1));
  for (const kind of some) {
    if (uploaded.has(kind)) continue;
    const stored = await specialist.upload(view.claimNo, kind, `${kind}.pdf`, paper(kind, [`Claim ${view.claimNo}`])).catch(() => null);
    if (stored === null) return 'wait';
    uploaded.set(kind, stored);
  }
  return some.length === 0 ? 'wait' : { account: 'specialist-a-h001', command: 'upload-documents', body: { documents: some.map((kind) => uploaded.get(kind)) } };
}

interface Bank { misbehave(way: Way, payeeOfClaim: string, chance: Chance): Promise<void> }

/** The bank is told how to treat the order that will come for this payee: by its key, so that it happens once. */
function bankOf({ bankUrl }: TestStack): Bank {
  const KEPT = 90;
  let rules: Array<{ do: string } & Record<string, unknown>> = [];
  const told = new Set<number>();
  return {
    async misbehave(way, payeeOfClaim, chance) {
      if (told.has(way.n)) return;
      told.add(way.n);
      const what = way.journey === 'payee-fault' ? 'payee-fault' : oneOf(chance, ['none', 'none', 'answer-twice', 'settle-late', 'time-out-then-succeed', 'bank-fault']);
      if (what === 'none') return;
      rules = [...rules, { do: what, match: { key: `${payeeOfClaim}:1` }, ...(what === 'settle-late' ? { ms: 3_000 } : {}) }].slice(-KEPT);
      await setFaults(bankUrl, rules);
    },
  };
}
