// A polynomial hash of UTF-16 units, modulo 2^32: from the hashes of all beginnings of a text, the hash of any part of
// it follows in two operations. Not for security; who finds two equal hashes compares the texts.

const BASE = 0x01000193;

export function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1)
    hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
  return hash;
}

/** BASE ^ length: what the hash of the characters before a part of that length must be weighed with. */
export function powerOf(length: number): number {
  let power = 1;
  for (let index = 0; index < length; index += 1) power = Math.imul(power, BASE);
  return power;
}

const KEPT = 64 * 1024;
const kept = new Int32Array(KEPT);

/**
 * `[n]` is the hash of the first n characters. The part from `a` to `b` has the hash
 * `[b] - [a] * powerOf(b - a)`. The answer is valid until the next call.
 */
export function hashesOf(text: string): Int32Array {
  const hashes = text.length < KEPT ? kept : new Int32Array(text.length + 1);
  let hash = 0;
  hashes[0] = 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
    hashes[index + 1] = hash;
  }
  return hashes;
}
