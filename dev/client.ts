/** Talking to the local stack as one of its personas, through the public API only: for the demo, the import, and tests of journeys. */
import { createHash, randomUUID } from 'node:crypto';
import { Upload } from 'tus-js-client';
import { tokenFor } from './identity';
import { personaOf } from './personas';

const TOO_MANY = 429;

/** Sends a request, again after the time it is told for as long as it is told that it comes too often. */
export async function patiently(send: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await send();
    if (answer.status !== TOO_MANY) return answer;
    await new Promise((resolve) => { setTimeout(resolve, Number(answer.headers.get('retry-after') ?? 1) * 1_000); });
  }
}

/** An answer that was not a success: the problem's code and sentence. */
export class ApiProblem extends Error {
  constructor(readonly status: number, readonly problem: { code?: string; detail?: string; field?: string; allowed?: string[] }) {
    super(`${status} ${problem.code ?? ''}: ${problem.detail ?? ''}${problem.field ? ` (${problem.field})` : ''}`);
  }
}

export interface ActAnswer { version: number; stage: string; closedAs: string | null }
export interface StoredDocument { documentId: string; kind: string; sha256: string; bytes: number; mediaType: string }

/** One persona's way into the API. */
export interface ApiClient {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown, key?: string): Promise<T>;
  act(claimNo: string, command: string, body: unknown, key?: string): Promise<ActAnswer>;
  /** Uploads a file resumably; its row is then ready to be attached by `upload-documents`. */
  upload(claimNo: string, kind: string, fileName: string, content: Buffer): Promise<StoredDocument>;
}

/** Signs in as a persona at the local identity provider. */
export async function signIn(stack: { apiUrl: string; issuer: string }, persona: string): Promise<ApiClient> {
  const token = await tokenFor(stack.issuer, personaOf(persona).account);
  const authorization = `Bearer ${token}`;

  async function call<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
    const request = {
      method,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(method === 'POST' ? { 'idempotency-key': key ?? randomUUID() } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await patiently(() => fetch(`${stack.apiUrl}${path}`, request));
    const answer = await response.json() as T;
    if (!response.ok) throw new ApiProblem(response.status, answer as ApiProblem['problem']);
    return answer;
  }

  const client: ApiClient = {
    get: (path) => call('GET', path),
    post: (path, body, key) => call('POST', path, body, key),
    act: (claimNo, command, body, key) => call('POST', `/v1/claims/${claimNo}/acts/${command}`, body, key),
    upload: (claimNo, kind, fileName, content) => new Promise((resolve, reject) => {
      const sha256 = createHash('sha256').update(content).digest('hex');
      const upload = new Upload(content, {
        endpoint: `${stack.apiUrl}/v1/uploads`, headers: { authorization }, uploadSize: content.length,
        metadata: { claimNo, kind, filename: fileName, sha256 },
        // Too many at once, by number or by time: nothing was begun. After silence the caller begins anew: the answer with the document's id may be lost.
        retryDelays: [1_000, 2_000, 5_000, 10_000, 20_000], onShouldRetry: (error) => [409, TOO_MANY].includes(('originalResponse' in error ? error.originalResponse?.getStatus() : undefined) ?? 0),
        onError: (error) => { reject(error); },
        onSuccess: ({ lastResponse }) => {
          const { documentId, mediaType } = JSON.parse(lastResponse.getBody()) as { documentId: string; mediaType: string };
          resolve({ documentId, kind, sha256, bytes: content.length, mediaType });
        },
      });
      upload.start();
    }),
  };
  return client;
}
