/**
 * A route as one value: what it takes, who may, what it answers, and what it does. From it come the Express handler, the refusal of
 * other methods, and its paragraph of the OpenAPI document, so that none of them can say something else.
 */
import type { Request, Response } from 'express';
import * as z from 'zod';
import type { Actor, Role } from '../../domain/claim';
import type { Identity } from '../auth';
import { fail, wrongInput } from '../problems';
import { ruleOf } from './fields';

/** A request whose parts have been parsed. */
export interface Call<B, Q> {
  identity: Identity;
  /** The identity in the role it acts in. */
  actor: Actor;
  params: Record<string, string>;
  query: Q;
  body: B;
  /** `Idempotency-Key` of a keyed route: the id of the act. */
  actId: string;
  /** When the server received it (ISO). */
  at: string;
  req: Request;
  res: Response;
}

export interface Answer { status: number; body?: unknown; headers?: Record<string, string> }
export interface AnswerShape { description: string; schema?: z.ZodType; headers?: readonly string[]; mediaType?: string }

export interface Route<B, Q> {
  /** `put` and `delete` name what they change by an id of the client's: repeated, they change nothing, so they take no key. */
  method: 'get' | 'post' | 'put' | 'delete';
  /** In OpenAPI's way: `/v1/claims/{claimNo}`. */
  path: string;
  id: string;
  tag: 'claims' | 'acts' | 'tasks' | 'events' | 'intake' | 'operations' | 'views' | 'people' | 'rules';
  summary: string;
  description?: string;
  /** Only these roles; the acting role is taken from them. Without it everybody who is signed in. */
  by?: readonly Role[];
  /** The acting role is taken from these, but whether they may is decided elsewhere. */
  prefers?: readonly Role[];
  /** An unsafe call: `Idempotency-Key` is required (SPEC §3). */
  keyed?: true;
  query?: z.ZodType<Q>;
  body?: { schema: z.ZodType<B>; example: unknown; mediaTypes?: readonly string[]; limitBytes?: number; depth?: number };
  headers?: Record<string, z.ZodType<string | undefined>>;
  answers: Record<number, AnswerShape>;
  /** Statuses of problems beyond those that every route may answer. */
  problems?: readonly number[];
  /** Null: it has answered by itself. */
  handle(call: Call<B, Q>): Promise<Answer | null>;
}

/** A route whose types are no longer of interest: in the table of all routes. */
export type AnyRoute = Route<never, never>;

/** Declares a route; the types of body and query follow from their schemas. */
export const route = <B = undefined, Q = undefined>(given: Route<B, Q>): AnyRoute => given as unknown as AnyRoute;

export const claimNoSchema = z.string().regex(/^KP-\d{4}-\d{6}$/).meta({ description: 'Claim number', example: 'KP-2026-000123' });

/** SPEC §3: an act's id is made by its client. */
export const ACT_ID = /^[A-Za-z0-9_-]{8,64}$/;

/** The act's id from `Idempotency-Key`. Throws ProblemError (400). */
export function actIdOf(req: Request): string {
  const key = req.get('idempotency-key');
  if (key !== undefined && ACT_ID.test(key)) return key;
  return fail({
    status: 400, code: 'idempotency-key', rule: 'SPEC §3', field: 'Idempotency-Key',
    text: { zh: '缺少请求头 Idempotency-Key，或格式不符：8 至 64 个字母、数字、_ 或 -。', en: 'The header Idempotency-Key is missing or malformed: make an id of 8 to 64 letters, digits, _ or - where the person acts, and repeat it when you try again.' },
  });
}

/** Parses one part of a request. Throws ProblemError (422) naming each field and rule, never a value. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, pointer: (path: readonly PropertyKey[]) => string): T {
  // What was sent tells "missing" from "of another kind"; it goes no further than that.
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  return fail(wrongInput(parsed.error.issues.slice(0, 20).map((issue) => ({ field: pointer(issue.path), rule: ruleOf(issue) }))));
}

export const bodyPointer = (path: readonly PropertyKey[]): string => `/${path.map((step) => String(step).replace(/~/g, '~0').replace(/\//g, '~1')).join('/')}`;
export const queryName = (path: readonly PropertyKey[]): string => `?${String(path[0] ?? '')}`;

/** What a session from a patient's link reaches, beside files: its claim, changes of it, and the words of the rules; all else is not there for it. Row-level security sees to which claim. */
export const isForLinks = ({ path }: AnyRoute): boolean => path.startsWith('/v1/claims/{claimNo}') || path === '/v1/events' || path === '/v1/rules';
