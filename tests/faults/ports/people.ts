/** People who do not give up: each goes on where the last answer left them, or asks what became of what they did. */
import { createHash } from 'node:crypto';
import { Metadata } from '@tus/server';
import type { StoredDocument } from '../../../dev/client';
import type { TestPerson } from '../../support/acts';
import { pause } from '../weather/seed';

/** How long anybody goes on trying: six calls in a row of which each fails half of the time get through once in sixty-four tries. */
export const LONGEST_MS = 120_000;
/** Between two tries. */
const REST_MS = 2;

/** Tries until something comes of it. */
export async function until<T>(what: string, attempt: () => Promise<T | null>): Promise<T> {
  for (const giveUp = Date.now() + LONGEST_MS; ; await pause(REST_MS)) {
    const got = await attempt();
    if (got !== null) return got;
    if (Date.now() > giveUp) throw new Error(`${what}: nothing in ${LONGEST_MS} ms`);
  }
}

/** Told to come again, and when. */
const told = (answer: Response): boolean => answer.status === 503 && Number(answer.headers.get('retry-after')) > 0;

const TUS = { 'tus-resumable': '1.0.0' };

/** An upload (tus) that is begun until its place is told. */
export async function beginUpload(person: TestPerson, claimNo: string, kind: string, filename: string, content: Buffer): Promise<string> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const headers = { ...TUS, 'upload-length': String(content.length), 'upload-metadata': Metadata.stringify({ claimNo, kind, filename, sha256 }) };
  return until(`beginning ${filename}`, async () => {
    const begun = await person.fetch('/v1/uploads', { method: 'POST', headers });
    await begun.arrayBuffer();
    if (begun.status !== 201 && !told(begun)) throw new Error(`${filename} is begun with ${begun.status}`);
    return begun.headers.get('location');
  });
}

/** A file sent to its end: again while nobody knows, and asked about where it turns out to stand elsewhere. */
export async function upload(person: TestPerson, claimNo: string, kind: string, filename: string, content: Buffer): Promise<StoredDocument> {
  const place = await beginUpload(person, claimNo, kind, filename, content);
  let sends = true;
  const documentId = await until(`sending ${filename}`, async () => {
    const answer = sends
      ? await person.fetch(place, { method: 'PATCH', headers: { ...TUS, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }, body: new Uint8Array(content) })
      : await person.fetch(place, { method: 'HEAD', headers: TUS });
    await answer.arrayBuffer();
    sends = answer.status === 503 ? sends : answer.status !== 409 && answer.headers.get('upload-offset') === '0';
    if (![200, 204, 409].includes(answer.status) && !told(answer)) throw new Error(`${filename} is answered ${answer.status}`);
    return answer.headers.get('document-id');
  });
  return { documentId, kind, sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length, mediaType: 'application/pdf' };
}
