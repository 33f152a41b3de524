import type { Response } from 'express';
import type { Text } from '../../domain/claim/text';

/** A refusal as RFC 9457 has it, with the rule broken and its sentence in both languages. */
export interface Problem {
  status: number;
  /** Name of the rule, for programs. */
  rule: string;
  /** For people. */
  text: Text;
  /** Which field of the request broke which rule, where one did. */
  errors?: readonly { field: string; rule: string }[];
  /** Seconds after which trying again makes sense. */
  retryAfter?: number;
}

/** The problem+json body of a problem. */
export function problemBody(problem: Problem): Record<string, unknown> {
  const { status, rule, text, errors } = problem;
  return { type: `urn:kuaipei:problem:${rule}`, title: text.en, status, rule, text, ...(errors ? { errors } : {}) };
}

/** Answers with a problem. */
export function sendProblem(res: Response, problem: Problem): void {
  if (problem.retryAfter !== undefined) res.set('Retry-After', String(problem.retryAfter));
  // `end`, not `send`: a refusal has no ETag.
  res.status(problem.status).type('application/problem+json').end(JSON.stringify(problemBody(problem)));
}

/** The same for what does not exist and for what the asker may not see (SPEC §1.2). */
export const NOT_FOUND: Problem = { status: 404, rule: 'not-found', text: { zh: '没有找到，或不在您的范围内。', en: 'There is no such thing, or it is not within your scope.' } };
