/**
 * Counter-based random numbers: the value depends on (seed, stream, index) only, never on what was drawn before.
 * Any shard can therefore compute any message's draw alone, and the union of all shards is the same schedule.
 */

/**
 * A uniform unsigned 32-bit integer.
 *
 * Two rounds of the "lowbias32" integer finaliser (C. Wellons, "Prospecting for Hash Functions", 2018) over the mixed words.
 *
 * @param seed    the run's seed, an unsigned 32-bit integer
 * @param stream  which use of randomness (see `STREAM`); keeps draws of one message independent
 * @param index   the message's or client's number, 0 … 2^53−1
 */
export function randomUint32(seed: number, stream: number, index: number): number {
  const low = index >>> 0;
  const high = Math.floor(index / 0x1_0000_0000) >>> 0;
  let h = mix32((seed ^ Math.imul(stream + 1, 0x9e3779b9)) >>> 0);
  h = mix32((h ^ low) >>> 0);
  h = mix32((h + Math.imul(high + 1, 0x85ebca6b)) >>> 0);
  return h;
}

/** A uniform double in [0, 1), 32 bits of it. */
export function randomUnit(seed: number, stream: number, index: number): number {
  return randomUint32(seed, stream, index) / 0x1_0000_0000;
}

/** A uniform integer in [0, bound). `bound` 1 … 2^32. Bias below bound / 2^32. */
export function randomBelow(seed: number, stream: number, index: number, bound: number): number {
  return Math.floor(randomUnit(seed, stream, index) * bound);
}

/** One number per use of randomness. Never reuse one: equal streams give equal draws. */
export const STREAM = {
  arrival: 1,
  room: 2,
  sender: 3,
  placement: 4,
  payload: 5,
  spread: 6,
  backoff: 7,
  fault: 8,
  group: 9,
  session: 10,
  seat: 11,
} as const;

function mix32(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
