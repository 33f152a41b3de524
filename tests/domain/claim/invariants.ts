/** What must hold of every claim at every moment, in words; shared by the tests of the rules, the workflow and the faults. */
import { isDeepStrictEqual } from 'node:util';
import { agenda, evolve, isPaused, kindsFor, owed, STAGES, dueOf, type ClaimEvent, type ClaimState } from '../../../src/domain/claim';

/** The invariants that are broken, each as a sentence; empty for a sound claim. `events` is the whole record, in order. */
export function checkClaim(state: ClaimState, events: readonly ClaimEvent[]): string[] {
  const rebuilt = events.reduce<ClaimState | null>(evolve, null);
  return [
    ...(isDeepStrictEqual(rebuilt, state) ? [] : ['SPEC §3: events do not rebuild the state']),
    ...checkState(state), ...checkRecord(events), ...checkJudges(events), ...checkMoney(state, events),
  ];
}

/** What can be seen in the state alone (SPEC §1.1, §1.6): nothing waits unseen. */
export function checkState(s: ClaimState): string[] {
  const broken: string[] = [];
  const say = (holds: boolean, sentence: string): void => { if (!holds) broken.push(sentence); };
  say(isDeepStrictEqual(JSON.parse(JSON.stringify(s)), s), 'DESIGN: the state is not plain JSON');
  const owing = owed(s);
  say(s.stage === 'closed' || owing.length > 0, `SPEC §1.1: open in ${s.stage} and nobody owes anything`);
  say((s.stage === 'closed') === (s.closedAs !== null) && (s.stage === 'closed') === (s.closedAt !== null), 'SPEC §1.1: closed without saying how, or open and said to be closed');
  const named = (list: ReadonlyArray<{ kind: string; about: string | null }>): string => list.map((one) => `${one.kind}:${one.about}`).sort().join();
  say(named(owing) === named(s.tasks), `SPEC §1.1: owed is ${named(owing)}, tasks are ${named(s.tasks)}`);
  const ahead = agenda(s);
  for (const task of s.tasks) {
    const run = s.clocks[task.clock];
    say(task.roles.length > 0, `SPEC §1.1: ${task.taskId} has no owner`);
    say(task.roles.every((role) => kindsFor(role).includes(task.kind)), `SPEC §1.6: ${task.taskId} is not looked for in the pool of ${task.roles.join()}`);
    if (!run || run.stoppedAt !== null || isPaused(run)) { broken.push(`SPEC §1.1: ${task.taskId} waits on a clock that does not run`); continue; }
    say(dueOf(s, run).dueAt !== null, `SPEC §1.1: ${task.taskId} has no due time`);
    const climbing = ahead.some((item) => item.key.startsWith(`${task.clock}/`)) || s.climbed.includes(`${task.clock}/breach`);
    say(climbing, `SPEC §1.6: ${task.taskId} has no ladder`);
  }
  say(new Set(ahead.map((item) => item.key)).size === ahead.length, `SPEC §1.6: a rung stands twice in the agenda: ${ahead.map((i) => i.key).join()}`);
  say(ahead.every((item, i) => i === 0 || ahead[i - 1]!.at <= item.at), 'SPEC §1.6: the agenda is not in order of time');
  say(new Set(s.climbed).size === s.climbed.length, 'SPEC §1.6: a rung was climbed twice');
  say(new Set(s.tasks.map((t) => t.taskId)).size === s.tasks.length, 'two tasks have one id');
  for (const [id, run] of Object.entries(s.clocks)) {
    say(run.pauses.filter((p) => p.until === null).length <= 1, `SPEC §1.5: the clock ${id} is paused twice at once`);
  }
  return broken;
}

/** The record itself: versions without a gap, time that never goes back, stages left as SPEC §1.1 lists, each rung once. */
export function checkRecord(events: readonly ClaimEvent[]): string[] {
  const broken: string[] = [];
  let stage = 'collecting';
  let askedIn = '';
  const rungs = new Set<string>();
  events.forEach((e, i) => {
    if (e.version !== i + 1) broken.push(`SPEC §3: event ${i + 1} has the version ${e.version}`);
    if (i > 0 && e.at < events[i - 1]!.at) broken.push(`SPEC §3: event ${e.version} is older than the one before it`);
    if (e.type === 'supplement-asked') askedIn = e.data.askedIn;
    if (e.type === 'rung-climbed') {
      if (rungs.has(e.data.key)) broken.push(`SPEC §1.6: the rung ${e.data.key} fired twice`);
      rungs.add(e.data.key);
    }
    if (e.type !== 'stage-left') return;
    const to: string | undefined = (STAGES[e.data.stage].leavesBy as Record<string, string>)[e.data.outcome];
    if (e.data.stage !== stage || e.data.to !== (to === 'back' ? askedIn : to)) broken.push(`SPEC §1.1: ${e.data.stage} left by ${e.data.outcome} to ${e.data.to}`);
    stage = e.data.to;
  });
  return broken;
}

/** SPEC §1.2: acts that need two people have two persons; SPEC §1.1: a later round is judged by people who have not seen the claim. */
export function checkJudges(events: readonly ClaimEvent[]): string[] {
  const broken: string[] = [];
  const proposedBy = new Map<string, string>();
  let pair: { act: string; first: string } | null = null;
  let acceptedBy = '';
  let recommendedBy: string[] = [];
  let payeeSetBy = '';
  let makers: string[] = [];
  let thisRound = new Set<string>();
  const seen = new Set<string>();
  for (const e of events) {
    const by = e.actor.personId;
    const differs = (others: Iterable<string>, what: string): void => { if ([...others].includes(by)) broken.push(`SPEC §1.2: ${what} by one person, ${by} (event ${e.version})`); };
    const judges = (): void => {
      if (e.actor.role === 'system') return;
      if (seen.has(by)) broken.push(`SPEC §1.1: ${e.type} in a later round by ${by}, who has seen the claim`);
      thisRound.add(by);
    };
    switch (e.type) {
      case 'act-proposed': proposedBy.set(e.data.proposalId, by); break;
      case 'proposal-ended':
        if (e.data.how !== 'confirmed') break;
        pair = { act: e.act.id, first: proposedBy.get(e.data.proposalId) ?? '' };
        differs([pair.first], 'proposed and confirmed');
        break;
      case 'file-accepted': judges(); acceptedBy = by; break;
      case 'recommended':
        judges();
        // A recommendation that two reviewers made is the judgement of both.
        recommendedBy = pair?.act === e.act.id ? [pair.first, by] : [by];
        recommendedBy.forEach((person) => thisRound.add(person));
        break;
      case 'decided': if (e.actor.role !== 'system') differs([acceptedBy, ...recommendedBy], 'reviewed and decided'); judges(); break;
      case 'investigation-opened': case 'investigation-closed': case 'supplement-asked': case 'answer-judged': judges(); break;
      case 'panel-voted': differs(thisRound, 'judged and on the panel'); judges(); break;
      case 'payee-set': payeeSetBy = by; break;
      case 'payee-confirmed': differs([payeeSetBy], 'payee set and confirmed'); break;
      case 'payment-made': makers = [by]; break;
      case 'payment-checked': differs(makers, 'payment made and checked'); break;
      case 'stage-left':
        if (e.data.outcome === 'overturned' || e.data.outcome === 'reopened') { thisRound.forEach((p) => seen.add(p)); thisRound = new Set(); acceptedBy = ''; recommendedBy = []; }
        break;
      default:
    }
  }
  return broken;
}

/** SPEC §1.9: never more than approved, never twice. */
export function checkMoney(state: ClaimState, events: readonly ClaimEvent[]): string[] {
  const broken: string[] = [];
  let approved = 0;
  let paid = 0;
  const keys = new Set<string>();
  const confirmed = new Set<string>();
  for (const e of events) {
    if (e.type === 'decided') approved = Math.max(approved, e.data.lines.reduce((sum, l) => sum + l.approvedFen, 0));
    if (e.type === 'payment-made') {
      for (const p of e.data.payments) {
        if (keys.has(p.key)) broken.push(`SPEC §1.9: the payment key ${p.key} was used twice`);
        keys.add(p.key);
        if (!Number.isSafeInteger(p.amountFen) || p.amountFen <= 0) broken.push(`SPEC §1.9: a payment of ${p.amountFen} fen`);
      }
      const made = e.data.payments.reduce((sum, p) => sum + p.amountFen, 0);
      if (paid + made > approved) broken.push(`SPEC §1.9: ${made} fen made on top of ${paid} paid, ${approved} approved`);
    }
    if (e.type === 'payment-confirmed') {
      if (confirmed.has(e.data.key)) broken.push(`SPEC §1.9: ${e.data.key} was paid twice`);
      confirmed.add(e.data.key);
      paid += e.data.amountFen;
    }
  }
  if (paid > approved) broken.push(`SPEC §1.9: ${paid} fen paid, ${approved} approved`);
  if (paid !== state.paidFen) broken.push(`SPEC §1.9: the state says ${state.paidFen} fen paid, the record ${paid}`);
  return broken;
}
