/** Speaks tus by hand, for what a proper client never does. */
import { createHash } from 'node:crypto';

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export interface Declaration { claimNo?: string; kind?: string; filename?: string; sha256?: string }

export const metadataFor = (bytes: Buffer, declared: Declaration = {}): Record<string, string> => ({
  claimNo: 'KP-2026-000001', kind: 'medical-summary', filename: '出院小结.pdf', sha256: sha256(bytes), ...declared,
});

const encoded = (metadata: Record<string, string>): string =>
  Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(',');

export const headersOf = (person: string): Record<string, string> => ({ Authorization: `Bearer ${person}`, 'Tus-Resumable': '1.0.0' });

/** Opens an upload; `length` in bytes as declared. */
export function create(url: string, person: string, length: number, metadata: Record<string, string>): Promise<Response> {
  return fetch(`${url}/v1/uploads`, { method: 'POST', headers: { ...headersOf(person), 'Upload-Length': String(length), 'Upload-Metadata': encoded(metadata) } });
}

export function patch(location: string, person: string, offset: number, bytes: Buffer): Promise<Response> {
  return fetch(location, {
    method: 'PATCH',
    headers: { ...headersOf(person), 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
    body: new Uint8Array(bytes),
  });
}

export const head = (location: string, person: string): Promise<Response> => fetch(location, { method: 'HEAD', headers: headersOf(person) });

/** Opens an upload and sends it whole; the answer to the last byte. */
export async function upload(url: string, person: string, bytes: Buffer, declared: Declaration = {}): Promise<Response & { location: string }> {
  const created = await create(url, person, bytes.length, metadataFor(bytes, declared));
  if (created.status !== 201) return Object.assign(created, { location: '' });
  const location = new URL(created.headers.get('location') ?? '', url).href;
  return Object.assign(await patch(location, person, 0, bytes), { location });
}
