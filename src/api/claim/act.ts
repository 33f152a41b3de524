/** Doing an act on a claim: `POST /v1/claims/{claimNo}/acts/{command}` for every person's command of the table (DESIGN, idea 3). */
import * as z from 'zod';
import { allowed, CLOSED_AS, COMMANDS, decide, inBoth, instant, PERSONS_ACTS, STAGE_NAMES, type Act, type Actor, type ClaimState, type CommandName, type Refusal, type Role } from '../../domain/claim';
import { askInScope, inScope, type Tx } from '../../platform/database';
import { Prisma } from '../../platform/database/generated/client';
import type { Deps } from '../deps';
import { bodyHash, digest } from '../digest';
import { bodyPointer, claimNoSchema, parse, route, type Answer, type AnyRoute } from '../http/route';
import { fail, NOT_FOUND, refusalProblem, TEMPORAL_AWAY, wrongInput, type Problem } from '../problems';
import { standingInFor } from '../people/standing-in';
import { claimInScope, namesOf, READING_ONLY, throughGlass } from './access';
import { PREFLIGHTS } from './preflight';
import type { Performed } from './process';
import type { Rows } from './rows';

export const actAnswer = z.object({
  claimNo: z.string(), actId: z.string(), command: z.string(), hash: z.string(), version: z.int(), stage: z.enum(STAGE_NAMES as [string, ...string[]]), closedAs: z.enum(CLOSED_AS).nullable(),
}).meta({ id: 'ActAnswer', description: 'An act that was done: the claim as it stood after it' });

export const actStatus = z.object({
  claimNo: z.string(), actId: z.string(), command: z.string(), status: z.enum(['queued', 'done', 'refused']),
  version: z.int().optional(), refusal: z.object({ code: z.string(), field: z.string().optional() }).loose().optional(),
}).meta({ id: 'ActStatus', description: 'What became of an act' });

/** A phone's clock may be a day off, by its time zone; what is later was not said in earnest. */
const MOST_AHEAD_MS = 24 * 3_600_000;

export interface Asked { actor: Actor; actId: string; at: string; saidAt: string | null; ifMatch: string | undefined }

/**
 * Does a command under the id its client made, and says what became of it: 200 done, 202 kept until a worker is up.
 * Throws ProblemError: 403, 409, 422 refused by the rules, 404 outside the scope, 412 another version than `If-Match`, 503 Temporal away.
 */
export async function performAct(deps: Deps, claimNo: string, command: CommandName, input: unknown, asked: Asked): Promise<Answer> {
  const { actor, actId, ifMatch } = asked;
  const same = digest({ claimNo, command, input, actor, actId, ifMatch });
  const already = underWay.get(same);
  if (already) return already;
  const answer = perform(deps, claimNo, command, input, asked).finally(() => underWay.delete(same));
  underWay.set(same, answer);
  return answer;
}

/** Clicks of one button that arrive while the first is being done share its answer; across processes the act's id sees to it. */
const underWay = new Map<string, Promise<Answer>>();

async function perform(deps: Deps, claimNo: string, command: CommandName, input: unknown, asked: Asked): Promise<Answer> {
  const { actId, at, saidAt } = asked;
  if (saidAt !== null && Date.parse(saidAt) > Date.parse(at) + MOST_AHEAD_MS) fail(wrongInput([{ field: 'X-Said-At', rule: { zh: '比现在晚 24 小时以上：请检查设备的时钟', en: 'lies more than 24 hours ahead: check the clock of the device' } }]));
  const hashLike = (kept?: string): string => bodyHash(deps.keys, { claimNo, command, input, personId: asked.actor.personId }, kept);
  const { state, owners, waiting, elsewhere } = await standing(deps, asked.actor, claimNo, actId);
  const actor = standingInFor(asked.actor, owners);
  const repeated = state.handled.find((h) => h.id === actId);
  // A key they used for anything else cannot mean this act too (SPEC §3).
  if (waiting && (waiting.claimNo !== claimNo || waiting.bodyHash !== hashLike(waiting.bodyHash))) fail(refusalProblem({ code: 'same-id-other-body' }));
  if (!repeated) {
    if (elsewhere) fail(refusalProblem({ code: 'same-id-other-body' }));
    matchesVersion(state, asked.ifMatch);
    const preflight = PREFLIGHTS[command];
    // Who may not do it at all is told so by the claim, not by a fault of the body.
    if (preflight && allowed(state, actor, at).includes(command)) await inScope(deps.database, actor, (tx) => preflight(tx, state, input));
  }
  const hash = hashLike(repeated?.hash ?? waiting?.bodyHash);
  const act: Act = { id: actId, command, input, actor, receivedAt: at, saidAt, hash };

  let performed = await deps.process.perform(act, state);
  if (performed.kind === 'refused') performed = await heldAgainstTheRecord(deps, act, performed.refusal, claimNo);
  switch (performed.kind) {
    case 'away': return fail(TEMPORAL_AWAY);
    case 'refused': return fail(refusalProblem(performed.refusal));
    case 'queued': {
      const { hospital, department, insurer } = state;
      await inScope(deps.database, actor, (tx) => tx.act.createMany({
        data: [{ claimNo, id: actId, command, bodyHash: hash, personId: actor.personId, at, status: 'queued', hospital, department, insurer }], skipDuplicates: true,
      }));
      return { status: 202, headers: { Location: `/v1/claims/${claimNo}/acts/${actId}` }, body: { claimNo, actId, command, status: 'queued' } };
    }
    case 'done': {
      if (performed.answer.hash !== hashLike(performed.answer.hash)) return fail(refusalProblem({ code: 'same-id-other-body' }));
      return { status: 200, headers: { ETag: etagOf(performed.answer.version) }, body: performed.answer };
    }
  }
}

/** For an address of an act that no person's command has (SPEC §1.1). */
export const NO_SUCH_ACT: Problem = {
  status: 404, code: 'no-such-act', rule: 'SPEC §1.1', details: { acts: PERSONS_ACTS },
  text: { zh: '没有这种操作；可用的操作见 details.acts。', en: 'There is no such act: those that there are stand in details.acts.' },
};

export const etagOf = (version: number): string => `"${version}"`;

interface Standing extends Pick<Rows, 'state' | 'owners' | 'standsIn'> {
  /** What waits under the key. Acts are remembered apart only while they wait; what was done stands in the log of its claim. */
  waiting: { claimNo: string; bodyHash: string } | null;
  /** Did they do anything under the key on another claim? */
  elsewhere: boolean;
}

/** The claim, whose work the person does, and what is known of the key: one question, because each is a way to the database and back for every click. Throws ProblemError (403, 404). */
async function standing({ database }: Deps, actor: Actor, claimNo: string, actId: string): Promise<Standing> {
  if (!claimNoSchema.safeParse(claimNo).success) return fail(NOT_FOUND);
  const { personId } = actor;
  const found = await askInScope<Standing>(database, actor, Prisma.sql`
    SELECT c.state, scope_owners() AS owners, c.claim_no = ANY (scope_delegated()) AS "standsIn",
      (SELECT to_json(one) FROM (SELECT a.claim_no AS "claimNo", a.body_hash AS "bodyHash" FROM act a WHERE a.person_id = ${personId} AND a.id = ${actId}) one) AS waiting,
      EXISTS (SELECT FROM claim_event e WHERE e.act_id = ${actId} AND e.claim_no <> c.claim_no AND e.actor ->> 'personId' = ${personId}) AS elsewhere
    FROM claim c WHERE c.claim_no = ${claimNo}`) ?? fail(NOT_FOUND);
  return throughGlass(actor, found) ? fail(READING_ONLY) : found;
}

function matchesVersion(state: ClaimState, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etagOf(state.version))) return;
  fail({
    status: 412, code: 'version-changed', field: 'If-Match', details: { version: state.version, before: state.lastAct }, headers: { ETag: etagOf(state.version) },
    text: { zh: '案件已有变化，请查看最新情况后再操作。', en: 'The claim has changed since you read it. Read it again, then decide.' },
  });
}

/**
 * Fails with the refusal and what helps: what the actor may do instead, and who was first, by name where the directory shows it. But a process may
 * have lost an act that was recorded (its server was killed before the turn was over): what it refuses and the record allows is kept for it, until
 * it has caught up.
 */
async function heldAgainstTheRecord(deps: Deps, act: Act, refusal: Refusal, claimNo: string): Promise<Performed> {
  const { now, decided } = await inScope(deps.database, act.actor, async (tx) => {
    const now = await claimInScope(tx, act.actor, claimNo);
    const decided = decide(now, act);
    if (decided.kind !== 'refused') return { now, decided };
    const first = [refusal.details?.['personId'], now.lastAct?.by].filter((one): one is string => typeof one === 'string');
    const names = await namesOf(tx, first);
    const problem = refusalProblem(refusal, allowed(now, act.actor, act.receivedAt));
    const known = Object.keys(names).length > 0 ? { names } : {};
    return fail({ ...problem, details: { ...problem.details, stage: now.stage, version: now.version, ...known } });
  });
  return decided.kind === 'repeated' ? deps.process.perform(act, now) : deps.process.keep(act, now);
}

const saidAt = instant.optional().meta({ description: 'When the person did it, for an act sent later from a queue' });
const ifMatch = z.string().max(200).regex(/^(\*|(W\/)?"\d{1,9}"( *, *(W\/)?"\d{1,9}")*)$/, inBoth({ zh: '案件的 ETag，如 "12"', en: 'the ETag of the claim, such as "12"' })).optional().meta({ description: 'The version that was read, as in ETag; another one is answered with 412' });

export function actRoutes(deps: Deps): AnyRoute[] {
  return [
    ...PERSONS_ACTS.map((name) => {
      const row = COMMANDS[name];
      const by = row.by as readonly Role[];
      return route({
        method: 'post', path: `/v1/claims/{claimNo}/acts/${name}`, id: name, tag: 'acts', keyed: true, prefers: by,
        summary: `${row.title.en} · ${row.title.zh}`,
        description: `${row.causes.en}\n\n${row.causes.zh}\n\nRoles: ${by.join(', ')}. Stages: ${row.stages.join(', ')}.${row.second ? ' May need a second person.' : ''}`,
        body: { schema: row.schema, example: row.example },
        headers: { 'If-Match': ifMatch, 'X-Said-At': saidAt },
        answers: {
          200: { description: 'Done', schema: actAnswer, headers: ['ETag'] },
          202: { description: 'Kept until a worker is up; see Location', schema: actStatus, headers: ['Location'] },
        },
        problems: [403, 404, 409, 412, 422, 503],
        handle: ({ params, actor, actId, at, body, req }) => performAct(deps, params['claimNo'] ?? '', name, body, {
          actor, actId, at, saidAt: parse(saidAt, req.get('x-said-at'), () => 'X-Said-At') ?? null, ifMatch: parse(ifMatch, req.get('if-match'), () => 'If-Match'),
        }),
      });
    }),
    route({
      method: 'get', path: '/v1/claims/{claimNo}/acts/{id}', id: 'actStatus', tag: 'acts', summary: 'What became of an act',
      answers: { 200: { description: 'Done, still kept, or refused', schema: actStatus } }, problems: [404],
      handle: ({ params, actor }) => inScope(deps.database, actor, (tx) => statusOfAct(tx, actor, params['claimNo'] ?? '', params['id'] ?? '')),
    }),
  ];
}

async function statusOfAct(tx: Tx, actor: Actor, claimNo: string, actId: string): Promise<Answer> {
  const state = await claimInScope(tx, actor, claimNo);
  const done = state.handled.find((h) => h.id === actId);
  const row = await tx.act.findUnique({ where: { claimNo_id: { claimNo, id: actId } } });
  const first = done ? await tx.claimEvent.findFirst({ where: { claimNo, actId }, select: { actor: true } }) : null;
  if (!done && !row) return fail(NOT_FOUND);
  const command = row?.command ?? (first?.actor as { command?: string } | undefined)?.command ?? '';
  if (done) return { status: 200, body: { claimNo, actId, command, status: 'done', version: done.version } };
  return { status: 200, body: { claimNo, actId, command, status: row?.status, ...(row?.status === 'refused' ? { refusal: row.result } : {}) } };
}

/** Parses a body by a command's own schema, for routes that are another way to the same act. */
export const inputOf = (name: CommandName, body: unknown): unknown => parse(COMMANDS[name].schema, body, bodyPointer);
