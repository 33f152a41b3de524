/** One file to the server by tus: goes on where it stood, and ends only with the server's word that every byte is the same (SPEC §1.3). */
import { DetailedError, Upload, type HttpRequest, type HttpResponse } from 'tus-js-client';
import { RequestFailed, type Problem } from '../api/problem';
import type { Session } from '../session/session';
import type { KeptFile, Receipt } from '../queue/store';

/** What a lost connection can cost. */
const CHUNK_BYTES = 8 * 1024 ** 2;
const RESUMABLE = { 'tus-resumable': '1.0.0' };
/** What the server answers to the last byte; `at` is its own time. */
interface Stored { documentId: string; sha256: string; mediaType: string; bytes: number; at: string }

/** Called as the server takes bytes, and when the upload has its address. */
export interface Going { onAddress(url: string): void; onReceived(bytes: number): void }

/** Sends the rest of a file. Throws RequestFailed: `passing` or 401 when it may go on later, otherwise refused with the server's problem. */
export async function sendFile(file: KeptFile, content: Blob, session: Session, going: Going): Promise<Receipt> {
  try {
    return receiptOf(await throughTus(file, content, session, going), file);
  } catch (error) {
    // The token was taken back in the middle: a new one, and on.
    if (!(error instanceof RequestFailed) || error.status !== 401 || (await session.renew()) === null) throw error;
    return receiptOf(await throughTus(file, content, session, going), file);
  }
}

function receiptOf({ documentId, sha256, mediaType, bytes, at }: Stored, file: KeptFile): Receipt {
  if (sha256 !== file.sha256) throw new RequestFailed(422, null);
  return { documentId, sha256, mediaType, bytes, at };
}

const endOf = (body: string, date: string | null | undefined): Stored => ({ ...(JSON.parse(body) as Omit<Stored, 'at'>), at: new Date(date ?? Date.now()).toISOString() });

function throughTus(file: KeptFile, content: Blob, session: Session, going: Going): Promise<Stored> {
  const { claimNo, kind, fileName, sha256 } = file;
  if (claimNo === null || kind === null || sha256 === null) throw new Error('a file is sent when its claim, kind and hash are known');
  return new Promise((resolve, reject) => {
    const upload: Upload = new Upload(content, {
      endpoint: `${location.origin}/v1/uploads`, uploadUrl: file.uploadUrl, chunkSize: CHUNK_BYTES, retryDelays: null, storeFingerprintForResuming: false,
      metadata: { claimNo, kind, filename: fileName, sha256 },
      async onBeforeRequest(request) {
        const headers = await headersFor(file, session);
        for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
      },
      onAfterResponse(request, response) {
        const failed = failureOf(request, response);
        if (failed) throw failed;
      },
      onUploadUrlAvailable() { if (upload.url !== null) { file.uploadUrl = upload.url; going.onAddress(upload.url); } },
      onProgress: (sent) => { going.onReceived(sent); },
      onSuccess({ lastResponse }) {
        const body = lastResponse.getBody();
        // All was there already, only its answer had been lost: HEAD has no body to tell it in.
        resolve(body ? endOf(body, lastResponse.getHeader('Date')) : askForEnd(upload.url ?? '', file, session));
      },
      onError(error) { reject(failedBy(error)); },
    });
    upload.start();
  });
}

async function headersFor({ role }: KeptFile, session: Session): Promise<Record<string, string>> {
  const token = await session.token();
  if (token === null) throw new RequestFailed(401, null);
  return { authorization: `Bearer ${token}`, ...((session.person?.roles.length ?? 0) > 1 ? { 'x-role': role } : {}) };
}

/**
 * tus-js-client would begin anew after any unsuccessful HEAD: that is right only when the upload is gone, not when the server is away or
 * the token was not taken.
 */
function failureOf(request: HttpRequest, response: HttpResponse): RequestFailed | null {
  const status = response.getStatus();
  const gone = request.getMethod() === 'HEAD' && (status === 404 || status === 410);
  if (status < 400 || gone) return null;
  // Another request is still at it, or got further: ask again where it stands.
  return UNDER_WAY.includes(status) && request.getMethod() !== 'POST' ? new RequestFailed(503, null) : new RequestFailed(status, problemIn(response.getBody()));
}

const UNDER_WAY = [409, 423];

function problemIn(body: string): Problem | null {
  try { return JSON.parse(body) as Problem; } catch { return null; }
}

function failedBy(error: Error): RequestFailed {
  const cause = error instanceof DetailedError ? error.causingError : error;
  return cause instanceof RequestFailed ? cause : new RequestFailed(0, null);
}

/** Repeats the last step of an upload that has ended; the server answers as it did. */
async function askForEnd(url: string, file: KeptFile, session: Session): Promise<Stored> {
  const headers = { ...RESUMABLE, ...(await headersFor(file, session)), 'content-type': 'application/offset+octet-stream', 'upload-offset': String(file.bytes) };
  const answer = await fetch(url, { method: 'PATCH', headers }).catch(() => { throw new RequestFailed(0, null); });
  if (!answer.ok) throw new RequestFailed(answer.status, problemIn(await answer.text()));
  return endOf(await answer.text(), answer.headers.get('date'));
}
