/**
 * One monotonic clock for every process of a run.
 *
 * On Linux and macOS `process.hrtime` reads the system-wide monotonic clock, so that times taken in the parent, in a
 * shard and in a sampler compare directly. `performance.now` reads the same clock without allocating; its origin differs
 * per process and is aligned once, when this module is loaded.
 */
export interface Clock {
  /** Integer microseconds on the monotonic clock. Never decreases. */
  nowUs(): number;
  /** Calls back once, `delayUs` from now or later; yields what cancels it. */
  after(delayUs: number, callback: () => void): () => void;
}

const originUs = alignOrigin();

/** The system's monotonic clock, in integer microseconds. */
export const monotonicClock: Clock = {
  nowUs: monotonicUs,
  after(delayUs, callback) {
    const timer = setTimeout(callback, Math.max(0, Math.ceil(delayUs / 1000)));
    return () => clearTimeout(timer);
  },
};

/** Settles after `delayUs` on this clock. */
export function pause(clock: Clock, delayUs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayUs, resolve));
}

/** Integer microseconds on the system-wide monotonic clock (origin: boot). Below 2^53 for 285 years. */
export function monotonicUs(): number {
  return Math.floor(originUs + performance.now() * 1000);
}

/** The offset between both clocks, from the tightest of several readings: a pause between the two reads only widens it. */
function alignOrigin(): number {
  let tightest = Number.POSITIVE_INFINITY;
  let origin = 0;
  for (let attempt = 0; attempt < 9; attempt++) {
    const before = performance.now();
    const [seconds, nanoseconds] = process.hrtime();
    const after = performance.now();
    if (after - before < tightest) {
      tightest = after - before;
      origin = seconds * 1e6 + nanoseconds / 1e3 - ((before + after) / 2) * 1000;
    }
  }
  return origin;
}
