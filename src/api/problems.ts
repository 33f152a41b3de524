/** What the API says when it does not do what was asked: RFC 9457, one table of statuses (SPEC §3). */
import { REFUSALS, rulesIn, type Refusal, type RefusalCode, type Text } from '../domain/claim';
import { fieldError, type FieldError } from './http/fields';
import type { Request, Response } from 'express';

export interface Problem {
  status: number;
  /** Name of the problem, for programs. */
  code: string;
  /** The clause it rests on, where one does. */
  rule?: string;
  text: Text;
  /** JSON pointer into the body, or the name of the parameter or header at fault. */
  field?: string;
  /** Every field at fault with the rule it breaks; never the value. */
  errors?: readonly FieldError[];
  /** What the asker may do instead, now. */
  allowed?: readonly string[];
  /** Impersonal facts that help. */
  details?: Record<string, unknown>;
  /** Seconds after which trying again makes sense. */
  retryAfter?: number;
  /** 401 for what was good once: its bearer guesses nothing, so it does not count as a failure of their address. */
  lapsed?: true;
  /** Further headers of the answer, such as `Allow`. */
  headers?: Record<string, string>;
}

/** Thrown by whatever cannot go on; the one error handler of the application answers with the problem. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** `cause`: for the log alone. */
  constructor(readonly problem: Problem, options?: ErrorOptions) {
    super(problem.code, options);
  }
}

/** Stops the request with a problem. */
export const fail = (problem: Problem): never => { throw new ProblemError(problem); };

const FORBIDDEN: readonly RefusalCode[] = ['not-your-role', 'not-by-link', 'not-handed-over', 'four-eyes', 'has-seen-it', 'wrong-document-kind', 'not-asked-of-you'];
/** The body itself breaks a rule: another body may be taken, now and from the same person. */
const WRONG_BODY: readonly RefusalCode[] = [
  'invalid-input', 'unknown-document', 'unknown-item', 'item-already-given', 'other-document-asked', 'death-stays', 'benefit-not-of-outcome', 'lines-mismatch', 'amount-above-asked', 'decision-mismatch', 'reasons-needed',
  'evidence-needed', 'fraud-not-investigated', 'not-longer', 'same-claim', 'future-event', 'other-amount-outstanding',
];

/** The status of a refusal of the domain; what is neither forbidden nor a wrong body conflicts with the state of the claim. */
export const statusOf = (code: RefusalCode): number => (FORBIDDEN.includes(code) ? 403 : WRONG_BODY.includes(code) ? 422 : 409);

/** A refusal of the domain as a problem; `allowed` is what the actor may do instead. */
export function refusalProblem(refusal: Refusal, allowed?: readonly string[]): Problem {
  const { rule, zh, en } = REFUSALS[refusal.code];
  const { issues, ...details } = refusal.details ?? {};
  return {
    status: statusOf(refusal.code), code: refusal.code, rule, text: { zh, en },
    ...(refusal.field === undefined ? {} : { field: refusal.field }),
    ...(Array.isArray(issues) ? { errors: (issues as { field: string; rule: string }[]).map(({ field, rule }) => fieldError(field, rulesIn(rule) ?? { zh: rule, en: rule })) } : {}),
    ...(allowed === undefined ? {} : { allowed }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

/** The same answer for what does not exist and for what lies outside the asker's scope (SPEC §1.2). */
export const NOT_FOUND: Problem = { status: 404, code: 'not-found', rule: 'SPEC §1.2', text: { zh: '没有找到，或不在您的范围内。', en: 'There is no such thing, or it is not within your scope.' } };

/** What is wrong with which fields; `rule` in both languages, without the name of the field. */
export const wrongInput = (errors: readonly { field: string; rule: Text }[]): Problem => ({
  status: 422, code: 'invalid-input', rule: REFUSALS['invalid-input'].rule, text: REFUSALS['invalid-input'], errors: errors.map(({ field, rule }) => fieldError(field, rule)), ...(errors[0] ? { field: errors[0].field } : {}),
});

export const NO_ROOM: Problem = { status: 507, code: 'no-room', retryAfter: 600, text: { zh: '存储空间不足，请稍后再上传。', en: 'There is no room for this file now: try again later.' } };
/** Documents only: everything else goes on without it. */
export const STORE_AWAY: Problem = { status: 503, code: 'store-away', retryAfter: 5, text: { zh: '文件存储暂不可用，请稍后重试；已上传的部分不会丢失。', en: 'The storage of documents is away: try again shortly. What was uploaded is not lost.' } };
/** Reading goes on; people of operations have to make room. */
export const DATABASE_FULL: Problem = {
  status: 503, code: 'database-full', retryAfter: 60,
  text: { zh: '系统存储空间不足，暂时无法保存，操作未记录：请稍后用同一操作编号重试，查询不受影响。', en: 'The system has no room to record anything and nothing was recorded: repeat the act under the same id later. Reading goes on.' },
};
export const TEMPORAL_AWAY: Problem = {
  status: 503, code: 'workflows-away', retryAfter: 5,
  text: { zh: '流程服务暂不可用，操作未记录：请稍后用同一操作编号重试。', en: 'The workflow service is away and nothing was recorded: repeat the act under the same id shortly.' },
};

/** SPEC §1.2: what must be recorded when it is read is not shown while it cannot be. */
export const READ_NOT_RECORDED: Problem = {
  status: 503, code: 'read-not-recorded', rule: 'SPEC §1.2', retryAfter: 10,
  text: { zh: '无法登记本次查阅，暂不能提供内容：请稍后再试。', en: 'This reading cannot be recorded, so the content is held back: try again shortly.' },
};

export const notAllowed = (methods: readonly string[]): Problem => ({
  status: 405, code: 'method-not-allowed', headers: { Allow: methods.join(', ') },
  text: { zh: `此地址只接受 ${methods.join('、')}。`, en: `This address takes ${methods.join(', ')} only.` },
});

/** Said only where the signature held. */
const LAPSED = ['expired', 'account inactive', 'link ended'];

export const unauthenticated = (why: string): Problem => ({
  status: 401, code: 'unauthenticated', rule: 'SPEC §1.2', ...(LAPSED.includes(why) ? { lapsed: true } : {}),
  headers: { 'WWW-Authenticate': `Bearer realm="kuaipei"${why === 'missing' ? '' : `, error="invalid_token", error_description="${why}"`}` },
  text: { zh: '请登录：缺少有效的访问令牌。', en: `Sign in: a valid bearer token is needed (${why}).` },
});

/** The problem+json body; `detail` in the language the asker prefers, both languages in `text`. */
export function problemBody(problem: Problem, language: 'zh' | 'en'): Record<string, unknown> {
  const { status, code, rule, text, field, errors, allowed, details } = problem;
  return {
    type: `urn:kuaipei:problem:${code}`, title: code, status, detail: text[language], code,
    ...(rule === undefined ? {} : { rule }), text: { zh: text.zh, en: text.en },
    ...(field === undefined ? {} : { field }), ...(errors === undefined ? {} : { errors }),
    ...(allowed === undefined ? {} : { allowed }), ...(details === undefined ? {} : { details }),
  };
}

/** Answers with a problem. */
export function sendProblem(req: Request, res: Response, problem: Problem): void {
  if (problem.headers) res.set(problem.headers);
  if (problem.retryAfter !== undefined) res.set('Retry-After', String(problem.retryAfter));
  const language = req.acceptsLanguages('en', 'zh', 'zh-CN') === 'en' ? 'en' : 'zh';
  res.status(problem.status).vary('Accept-Language').type('application/problem+json').send(JSON.stringify(problemBody(problem, language)));
}
