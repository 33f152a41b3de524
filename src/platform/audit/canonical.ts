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
    // A loop: a million events pass here when the log is verified.
    let members = '';
    for (const key of Object.keys(value).sort()) {
      const member = value[key];
      if (member !== undefined) members += `${members === '' ? '' : ','}${canonicalString(key)}:${canonicalJson(member)}`;
    }
    return `{${members}}`;
  }
  throw new TypeError(`A ${typeof value === 'object' ? value.constructor.name : typeof value} has no JSON spelling: record strings, finite numbers, booleans, null, lists and plain objects.`);
}

function canonicalString(text: string): string {
  const spelling = JSON.stringify(text);
  // Half a pair and NUL are spelt with an escape: a text without one has neither, and need not be searched.
  if (spelling.includes('\\u') && /[\p{Surrogate}\0]/u.test(text)) throw new TypeError('A string holds half a surrogate pair or NUL, which PostgreSQL cannot keep: refuse it where it comes in.');
  return spelling;
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
