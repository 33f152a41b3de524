import type { components } from './schema';

/** A problem as the server states it (RFC 9457), with what helps. */
export type Problem = components['schemas']['Problem'];

/** A request that was answered with a problem, or that no answer came to (`status` 0). */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  constructor(readonly status: number, readonly problem: Problem | null, readonly retryAfterS: number | null = null) {
    super(problem?.code ?? (status === 0 ? 'no network' : `HTTP ${status}`));
  }
  /** No answer, or one that says "not now": the same request may be sent again. */
  get passing(): boolean { return this.status === 0 || this.status === 503 || this.status === 429 || this.status === 502 || this.status === 504; }
  /** The request itself was not judged: sent again under its id, it may still be done, or have been. */
  get open(): boolean { return this.passing || this.status === 401 || this.status >= 500; }
}

/** Whatever else went wrong on the way was no answer. */
export const asFailure = (error: unknown): RequestFailed => (error instanceof RequestFailed ? error : new RequestFailed(0, null));
