/** What a `Range` header asks of a content of so many bytes (RFC 9110 §14). Bytes `start` to `end`, both included. */
export type Wanted = { kind: 'whole' } | { kind: 'part'; start: number; end: number } | { kind: 'not-satisfiable' };

/** A malformed header, another unit and several ranges at once all get the whole, as the RFC allows. */
export function wantedRange(header: string | undefined, bytes: number): Wanted {
  const asked = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header ?? '');
  if (!asked || (asked[1] === '' && asked[2] === '')) return { kind: 'whole' };
  const first = asked[1] ?? '';
  const last = asked[2] ?? '';
  if (first === '') {
    const suffix = Math.min(Number(last), bytes);
    return suffix === 0 ? { kind: 'not-satisfiable' } : { kind: 'part', start: bytes - suffix, end: bytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < start) return { kind: 'whole' };
  return start >= bytes ? { kind: 'not-satisfiable' } : { kind: 'part', start, end };
}
