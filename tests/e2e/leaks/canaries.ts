/** What the leak search looks for: made-up persons whose every value begins with a mark that stands nowhere by chance. */

export interface Canary { recordNo: string; name: string; identityNumber: string; phone: string; holder: string; account: string; words: string }
export type Kind = Exclude<keyof Canary, 'recordNo'>;

/** How the values of each kind begin; a name and a holder in both of the platform's scripts. Long enough to be found in any spelling. */
const MARKS: Record<Kind, string[]> = {
  name: ['龘靐', 'Zqxwomble'], identityNumber: ['11010519491231'], phone: ['17099993'], holder: ['爨麤', 'Qzvwimble'], account: ['622298760000'], words: ['齉灥出血'],
};

/** The person number `n`, 0 to 999. */
export function canary(n: number): Canary {
  const three = String(n).padStart(3, '0'), letter = String.fromCodePoint(0x4e00 + n);
  return {
    recordNo: `MR-LEAK-${three}`, name: n % 2 === 0 ? `${MARKS.name[0]}${letter}` : `${MARKS.name[1]} ${three}`, identityNumber: `${MARKS.identityNumber[0]}${three}X`, phone: `${MARKS.phone[0]}${three}`,
    holder: n % 2 === 0 ? `${MARKS.holder[0]}${letter}` : `${MARKS.holder[1]} ${three}`, account: `${MARKS.account[0]}0000${three}`, words: `${MARKS.words[0]}${three}`,
  };
}

interface Pattern { kind: Kind; spelling: string; bytes: Buffer }

const unicodeEscaped = (text: string, upper: boolean): string => [...Array(text.length).keys()].map((at) => {
  const hex = text.charCodeAt(at).toString(16).padStart(4, '0');
  return `\\u${upper ? hex.toUpperCase() : hex}`;
}).join('');

/** Base64 of the bytes wherever they begin in what was encoded: the characters that hold nothing else. */
function base64s(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes, Buffer.alloc(2)]).toString('base64').slice(Math.ceil(before * 8 / 6), Math.floor((before + bytes.length) * 8 / 6));
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** Every mark in every spelling: UTF-8, UTF-16 both ways round, JSON's \u, percent, base64 (both alphabets, any place), hexadecimal. */
export function patterns(): Pattern[] {
  const found = new Map<string, Pattern>();
  for (const [kind, marks] of Object.entries(MARKS) as Array<[Kind, string[]]>) {
    for (const mark of marks) {
      const utf8 = Buffer.from(mark), utf16 = Buffer.from(mark, 'utf16le');
      const spellings: Record<string, Array<string | Buffer>> = {
        'UTF-8': [utf8], 'UTF-16': [utf16, Buffer.from(utf16).swap16()], '\\u': [unicodeEscaped(mark, false), unicodeEscaped(mark, true)],
        'percent': [encodeURIComponent(mark), encodeURIComponent(mark).toLowerCase()], 'base64': [...base64s(utf8), ...base64s(utf16)], 'hexadecimal': [utf8.toString('hex'), utf8.toString('hex').toUpperCase()],
      };
      for (const [spelling, texts] of Object.entries(spellings)) for (const text of texts) {
        const bytes = Buffer.from(text as string);
        if (!found.has(bytes.toString('latin1'))) found.set(bytes.toString('latin1'), { kind, spelling, bytes });
      }
    }
  }
  return [...found.values()];
}

const PATTERNS = patterns();
/** Longest spelling of any mark: as much of one window is read again with the next. */
export const LONGEST = Math.max(...PATTERNS.map(({ bytes }) => bytes.length));

/** How often each kind stands in these bytes, by spelling. */
export function findCanaries(bytes: Buffer): Map<Kind, Map<string, number>> {
  const hits = new Map<Kind, Map<string, number>>();
  for (const { kind, spelling, bytes: wanted } of PATTERNS) {
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
      const ofKind = hits.get(kind) ?? new Map<string, number>();
      hits.set(kind, ofKind.set(spelling, (ofKind.get(spelling) ?? 0) + 1));
    }
  }
  return hits;
}
