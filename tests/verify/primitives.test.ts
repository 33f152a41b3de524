import { createHash, createHmac, randomBytes } from 'node:crypto';
import { crc32 as nodeCrc } from 'node:zlib';
import fc from 'fast-check';
import { browserTools } from '../../console/verify/tools';
import { crc32, singleChanges } from '../../src/verify/crc32';
import { layoutOf, readDirectory, walkHeaders, type Entry, type Source } from '../../src/verify/zip';

/** What a browser reckons by itself, against Node's. */
test('SHA-256 piece by piece, HMAC and CRC-32 are those of Node', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), fc.uint8Array({ maxLength: 100 }), (pieces, key) => {
    const whole = Buffer.concat(pieces);
    const hash = browserTools.hash();
    for (const piece of pieces) hash.update(piece);
    expect(hash.hex()).toBe(createHash('sha256').update(whole).digest('hex'));
    expect(browserTools.hmac(key, whole)).toBe(createHmac('sha256', key).update(whole).digest('hex'));
    expect(crc32(whole)).toBe(nodeCrc(whole));
  }));
});

test('a single changed byte is found by the checksum, wherever it is', () => {
  for (let n = 0; n < 100; n += 1) {
    const bytes = randomBytes(1 + Math.floor(Math.random() * 65_536));
    const wanted = crc32(bytes);
    const at = Math.floor(Math.random() * bytes.length), was = bytes[at]!, is = was ^ (1 + Math.floor(Math.random() * 255));
    bytes[at] = is;
    expect([...singleChanges(bytes, wanted)]).toContainEqual({ at, is, was });
  }
  expect([...singleChanges(Buffer.from('same'), crc32(Buffer.from('same')))]).toEqual([]);
});

/** A ZIP of which only the frames exist; contents read as zeros. */
function imagined(entries: Entry[]): Source {
  const { frames, length } = layoutOf(entries);
  return {
    size: length,
    read: (from, bytes) => {
      const out = new Uint8Array(Math.max(0, Math.min(bytes, length - from)));
      for (const frame of frames) for (let n = Math.max(from, frame.at); n < Math.min(from + out.length, frame.at + frame.bytes.length); n += 1) out[n - from] = frame.bytes[n - frame.at]!;
      return Promise.resolve(out);
    },
  };
}

test.each([
  ['small', [{ name: 'a.txt', bytes: 3, crc: 7 }, { name: '材料.pdf', bytes: 0, crc: 0 }]],
  ['ZIP64: a content beyond 4 GiB, and one that begins beyond', [{ name: 'a.mp4', bytes: 5 * 2 ** 30, crc: 1 }, { name: 'b.mp4', bytes: 10, crc: 2 }, { name: 'c.mp4', bytes: 2 ** 32 - 1, crc: 3 }]],
])('headers and directory tell the same entries: %s', async (_what, entries) => {
  const source = imagined(entries);
  const { contentAt } = layoutOf(entries);
  const expected = entries.map((one) => expect.objectContaining({ ...one, contentAt: contentAt.get(one.name) }));
  expect(await walkHeaders(source)).toEqual(expected);
  expect(await readDirectory(source)).toEqual(expected);
});
