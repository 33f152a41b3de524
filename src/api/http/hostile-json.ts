/**
 * What JSON allows and no two programs read alike (RFC 7493, I-JSON): a name twice in one object, half a surrogate pair, a number that no
 * double holds, -0; and nesting that takes minutes to parse. `JSON.parse` would choose silently; here it is found before, in one pass over the
 * bytes, with the place where it stands.
 */
import type { Text } from '../../domain/claim';

export interface JsonFault { kind: 'duplicate-name' | 'surrogate' | 'number'; path: readonly (string | number)[]; rule: Text }
/** Nested deeper than is taken: what lies below is not looked at. */
export interface TooDeep { kind: 'too-deep' }

/** An object with the names it has so far and the one it is at, or a list with the index it is at. */
type Level = { names: Set<string>; at: string; expectsName: boolean } | { index: number };

const QUOTE = 0x22, BACKSLASH = 0x5c, COMMA = 0x2c, COLON = 0x3a, MINUS = 0x2d, OPEN_LIST = 0x5b, CLOSE_LIST = 0x5d, OPEN = 0x7b, CLOSE = 0x7d;
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
/** A byte that a number goes on with: digits and + - . E e. */
const goesOn = (byte: number): boolean => isDigit(byte) || byte === 0x2b || byte === MINUS || byte === 0x2e || byte === 0x45 || byte === 0x65;

/** The first fault, or null; `depth`: levels that are taken. Bytes that are no JSON at all are the parser's business: of them anything may be said, but nothing is thrown. */
export function faultIn(bytes: Buffer, depth = Infinity): JsonFault | TooDeep | null {
  const levels: Level[] = [];
  const path = (): (string | number)[] => levels.map((level) => ('index' in level ? level.index : level.at));
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const level = levels.at(-1);
    if (byte === QUOTE) {
      const begin = at;
      let escaped = false;
      for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) { escaped = true; at++; }
      const isName = level !== undefined && 'names' in level && level.expectsName;
      if (!isName && !escaped) continue;
      const text = textOf(bytes, begin, at, escaped);
      if (text === null) return null;
      if (/\p{Surrogate}/u.test(text)) return { kind: 'surrogate', path: isName ? path().slice(0, -1) : path(), rule: { zh: '不能含不成对的代理字符', en: 'no half of a surrogate pair' } };
      if (!isName) continue;
      level.at = text;
      level.expectsName = false;
      if (level.names.has(text)) return { kind: 'duplicate-name', path: path(), rule: { zh: '同一对象中名称重复', en: 'a name may stand once in an object' } };
      level.names.add(text);
    } else if (byte === MINUS || isDigit(byte)) {
      const begin = at;
      while (at + 1 < bytes.length && goesOn(bytes[at + 1]!)) at++;
      const number = Number(bytes.toString('latin1', begin, at + 1));
      if (Math.abs(number) === Infinity || Object.is(number, -0)) return { kind: 'number', path: path(), rule: { zh: '数值超出范围', en: 'a number that a double can hold, and not -0' } };
    } else if (byte === OPEN || byte === OPEN_LIST) {
      if (levels.push(byte === OPEN ? { names: new Set(), at: '', expectsName: true } : { index: 0 }) > depth) return { kind: 'too-deep' };
    } else if (byte === CLOSE || byte === CLOSE_LIST) levels.pop();
    else if (byte === COMMA && level) {
      if ('names' in level) level.expectsName = true;
      else level.index++;
    } else if (byte === COLON && level && 'names' in level) level.expectsName = false;
  }
  return null;
}

/** The string between two quotes, or null when it is none. */
function textOf(bytes: Buffer, begin: number, end: number, escaped: boolean): string | null {
  if (!escaped) return bytes.toString('utf8', begin + 1, end);
  try {
    return JSON.parse(bytes.toString('utf8', begin, end + 1)) as string;
  } catch {
    return null;
  }
}
