/** SHA-256 piece by piece, for where there is no other that takes pieces: a browser's digests only what it is given whole. */

const K = new Uint32Array(64);
const START = new Uint32Array(8);
// Cube and square roots of the first primes, as FIPS 180-4 defines the constants.
for (let candidate = 2, n = 0; n < 64; candidate += 1) {
  let prime = true;
  for (let by = 2; by * by <= candidate; by += 1) if (candidate % by === 0) prime = false;
  if (!prime) continue;
  K[n] = fraction(Math.cbrt(candidate));
  if (n < 8) START[n] = fraction(Math.sqrt(candidate));
  n += 1;
}
function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32);
}

export interface Sha256 { update(bytes: Uint8Array): Sha256; digest(): Uint8Array }

export function createSha256(): Sha256 {
  const state = START.slice(), words = new Uint32Array(64), block = new Uint8Array(64);
  let held = 0, total = 0;

  function take(bytes: Uint8Array, from: number): void {
    for (let n = 0; n < 16; n += 1) { const at = from + n * 4; words[n] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!; }
    for (let n = 16; n < 64; n += 1) {
      const a = words[n - 15]!, b = words[n - 2]!;
      words[n] = words[n - 16]! + words[n - 7]! + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
    }
    let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!, e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!;
    for (let n = 0; n < 64; n += 1) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[n]! + words[n]!) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    state[0]! += a; state[1]! += b; state[2]! += c; state[3]! += d; state[4]! += e; state[5]! += f; state[6]! += g; state[7]! += h;
  }

  const self: Sha256 = {
    update(bytes) {
      total += bytes.length;
      let from = 0;
      if (held > 0) {
        from = Math.min(64 - held, bytes.length);
        block.set(bytes.subarray(0, from), held);
        held += from;
        if (held < 64) return self;
        take(block, 0);
        held = 0;
      }
      for (; from + 64 <= bytes.length; from += 64) take(bytes, from);
      block.set(bytes.subarray(from));
      held = bytes.length - from;
      return self;
    },
    digest() {
      const bits = total * 8;
      const end = new Uint8Array(((held < 56 ? 56 : 120) - held) + 8);
      end[0] = 0x80;
      const view = new DataView(end.buffer);
      view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
      view.setUint32(end.length - 4, bits >>> 0);
      self.update(end);
      const out = new DataView(new ArrayBuffer(32));
      state.forEach((word, n) => { out.setUint32(n * 4, word); });
      return new Uint8Array(out.buffer);
    },
  };
  return self;
}

const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** HMAC-SHA-256 (RFC 2104). */
export function hmacSha256(key: Uint8Array, text: Uint8Array): Uint8Array {
  const padded = new Uint8Array(64);
  padded.set(key.length > 64 ? createSha256().update(key).digest() : key);
  const inner = createSha256().update(padded.map((byte) => byte ^ 0x36)).update(text).digest();
  return createSha256().update(padded.map((byte) => byte ^ 0x5c)).update(inner).digest();
}
