/**
 * One spelling for one value, so that it can be hashed (after RFC 8785): keys sorted by UTF-16 code units, numbers as
 * ECMAScript writes them, no spaces. Properties that are undefined do not exist, as in JSON and in jsonb.
 * @throws TypeError on what JSON or PostgreSQL's jsonb cannot keep: NaN, bigint, Date, undefined in a list, NUL, half a surrogate pair
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON spelling: record a finite number.`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && isPlain(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${canonicalString(key)}:${canonicalJson(member)}`).join(',')}}`;
  }
  throw new TypeError(`A ${typeof value === 'object' ? value.constructor.name : typeof value} has no JSON spelling: record strings, finite numbers, booleans, null, lists and plain objects.`);
}

function canonicalString(text: string): string {
  if (/\p{Surrogate}/u.test(text) || text.includes('\u0000')) throw new TypeError('A string holds half a surrogate pair or NUL, which PostgreSQL cannot keep: refuse it where it comes in.');
  return JSON.stringify(text);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
