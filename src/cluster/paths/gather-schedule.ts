import type { GatherSchedule } from './outbox.ts';

/** The longest that an envelope gathers, ms. */
export const LONGEST_GATHER_MS = 16;

/**
 * About so many entries per ms does a gateway hand to the queue, as long as no envelope has to gather longer for it. An entry costs publisher,
 * broker and worker the same for one message as for ten: on a busy machine the time saved comes back as shorter queues
 * everywhere, on an idle one the wait is only a wait.
 */
const ENTRIES_PER_MS = 1;

/**
 * The rate is what went out over at least so long, ms: two messages that chance has brought together are no burst, and many that
 * come one by one are no trickle. Long enough for every partition in use to have its turn.
 */
const MEASURED_MS = LONGEST_GATHER_MS;

/**
 * Envelopes of a partition go out an interval apart. With `r` messages per ms over `k` partitions, and `k / r` until a
 * partition's next message, entries are `k / (interval + k / r)` per ms (up to half more, since that wait may be over before
 * the interval is), and so the interval is `k (1 / ENTRIES_PER_MS − 1 / r)`: nothing at a thousand messages a second or fewer,
 * and no more than `LONGEST_GATHER_MS`.
 *
 * A message that comes after a pause goes out with the ones of the same turn of the event loop, and waits for nothing else.
 */
export function createGatherSchedule(partitions: number): GatherSchedule {
  const lastAt = new Float64Array(partitions).fill(Number.NEGATIVE_INFINITY);
  let intervalMs = 0;
  /** Since when the rate is measured, and what has gone out since. */
  let since = Number.NEGATIVE_INFINITY;
  let messages = 0;
  let inUse = 0;

  function readRate(now: number): void {
    const elapsedMs = now - since;
    if (elapsedMs < MEASURED_MS) return;
    const rate = messages / elapsedMs;
    const wanted = inUse * (1 / ENTRIES_PER_MS - 1 / rate);
    intervalMs = Math.min(LONGEST_GATHER_MS, Math.max(0, wanted));
    since = now;
    messages = 0;
    inUse = 0;
  }

  return {
    begin(partition, close) {
      const go = (): void => {
        const now = performance.now();
        messages += close();
        if (lastAt[partition]! <= since) inUse++;
        lastAt[partition] = now;
        readRate(now);
      };
      const restMs = lastAt[partition]! + intervalMs - performance.now();
      if (restMs > 0) setTimeout(go, restMs);
      else setImmediate(go);
    },
  };
}
