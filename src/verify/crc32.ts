/** CRC-32 as ZIP has it, and finding a single changed byte by it. No imports: this also runs in a browser. */

const TABLE = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
/** For going back: by the highest byte of an entry, which entry it is. */
const BY_TOP = new Uint8Array(256);
TABLE.forEach((value, byte) => { BY_TOP[value >>> 24] = byte; });

/** The checksum of bytes; with `before`, of what was summed before followed by these. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = ~before;
  for (let n = 0; n < bytes.length; n += 1) value = (value >>> 8) ^ TABLE[(value ^ bytes[n]!) & 0xff]!;
  return ~value >>> 0;
}

/**
 * The places where changing one byte alone would give these bytes the checksum `wanted`, last first; `was` is what stood there. The difference of
 * two checksums is the difference of the bytes carried through the bytes behind them; here it is carried back, byte by byte.
 */
export function* singleChanges(bytes: Uint8Array, wanted: number): Generator<{ at: number; is: number; was: number }> {
  let difference = (crc32(bytes) ^ wanted) >>> 0;
  if (difference === 0) return;
  for (let at = bytes.length - 1; at >= 0; at -= 1) {
    const index = BY_TOP[difference >>> 24]!;
    const before = (((difference ^ TABLE[index]!) << 8) | index) >>> 0;
    // What is left is one byte's difference, exactly where that byte entered the register.
    if (before < 256) yield { at, is: bytes[at]!, was: bytes[at]! ^ before };
    difference = before;
  }
}
