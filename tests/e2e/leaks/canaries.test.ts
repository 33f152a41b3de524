import fc from 'fast-check';
import { canary, findCanaries, type Canary, type Kind } from './canaries';

const KINDS = ['name', 'identityNumber', 'phone', 'holder', 'account', 'words'] as const satisfies Array<Kind & keyof Canary>;
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1).replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
const SPELLINGS: Array<(text: string) => Buffer> = [
  (text) => Buffer.from(text), (text) => Buffer.from(text, 'utf16le'), (text) => Buffer.from(text, 'utf16le').swap16(), (text) => Buffer.from(escaped(text)), (text) => Buffer.from(encodeURIComponent(text)), (text) => Buffer.from(Buffer.from(text).toString('hex')),
];

test('issue 5: the leak search finds every value of every person in UTF-8, UTF-16, \\u, percent and hexadecimal spelling, and in base64 of any text around it', () => {
  fc.assert(fc.property(fc.nat(999), fc.constantFrom(...KINDS), fc.constantFrom(...SPELLINGS), fc.uint8Array({ maxLength: 20 }), fc.constantFrom('latin1', 'base64', 'base64url'), (n, kind, spell, around, how) => {
    const value = canary(n)[kind];
    const inside = Buffer.concat([around, how === 'latin1' ? spell(value) : Buffer.from(value), around]);
    const hits = findCanaries(how === 'latin1' ? inside : Buffer.from(`"${inside.toString(how as 'base64')}"`));
    expect([...hits.keys()]).toEqual([kind]);
  }), { numRuns: 1_000 });
  expect(findCanaries(Buffer.from('张伟 11010119900307451X 13800138011 6222000000000001 术后出血')).size).toBe(0);
});
