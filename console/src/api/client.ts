/** The API as the console calls it: typed by the OpenAPI document, under the session's token and role. */
import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { Session } from '../session/session';
import { RequestFailed, type Problem } from './problem';
import type { paths } from './schema';

export type Api = Client<paths>;

export function createApi(session: Session): Api {
  const api = createClient<paths>({ baseUrl: location.origin, fetch: (request) => send(session, request) });
  const failing: Middleware = {
    async onResponse({ response }) {
      if (response.ok || response.status === 304) return undefined;
      throw await failureOf(response);
    },
  };
  api.use(failing);
  return api;
}

/** A request under the session's token and role; once more with a new token when the first is not taken. Throws RequestFailed when there is no answer. */
export async function send(session: Session, request: Request): Promise<Response> {
  const again = request.clone();
  const answer = await withToken(request, await session.token(), session);
  if (answer.status !== 401) return answer;
  const token = await session.renew();
  return token === null ? answer : withToken(again, token, session);
}

async function withToken(request: Request, token: string | null, session: Session): Promise<Response> {
  if (token !== null) request.headers.set('authorization', `Bearer ${token}`);
  // An act that waited goes out under the role in which it was done.
  if (session.role !== null && (session.person?.roles.length ?? 0) > 1 && !request.headers.has('x-role')) request.headers.set('x-role', session.role);
  try {
    return await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new RequestFailed(0, null);
  }
}

/** What an unsuccessful answer says. */
export async function failureOf(response: Response): Promise<RequestFailed> {
  const problem = (response.headers.get('content-type') ?? '').includes('problem+json') ? ((await response.json()) as Problem) : null;
  const retryAfter = Number(response.headers.get('retry-after'));
  return new RequestFailed(response.status, problem, Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null);
}

/** The body of an answer whose failure was thrown already. */
export function bodyOf<T>({ data }: { data?: T }): T {
  return data as T;
}
