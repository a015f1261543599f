import type { GatherSchedule } from './outbox.ts';

/** The longest that an envelope gathers, ms. */
export const LONGEST_GATHER_MS = 8;

/**
 * Envelopes of a partition go out an interval apart that grows with the rate: ms for each message per ms above the rate up to which
 * none waits. An entry costs publisher, broker and worker the same for one message as for ten: on a busy machine the time saved
 * comes back as shorter queues everywhere, on an idle one the wait is only a wait. At 6,000 messages a second and partition an
 * envelope gathers the longest interval.
 */
const MS_PER_RATE = 8 / 5;

/** Messages per ms and partition up to which an envelope waits for nothing. */
const UNGATHERED_RATE = 1;

/**
 * The rate is what went out over at least so long, ms: two messages that chance has brought together are no burst, and many that
 * come one by one are no trickle.
 */
const LEAST_MEASURED_MS = 1;

/** A message that comes after a pause goes out with the ones of the same turn of the event loop, and waits for nothing else. */
export function createGatherSchedule(partitions: number): GatherSchedule {
  const lastAt = new Float64Array(partitions).fill(Number.NEGATIVE_INFINITY);
  const intervalMs = new Float64Array(partitions);
  /** What has gone out since the rate was last read. */
  const messages = new Float64Array(partitions);
  const readAt = new Float64Array(partitions).fill(Number.NEGATIVE_INFINITY);

  function readRate(partition: number, now: number): void {
    const elapsedMs = now - readAt[partition]!;
    if (elapsedMs < LEAST_MEASURED_MS) return;
    const rate = messages[partition]! / elapsedMs;
    intervalMs[partition] = Math.min(LONGEST_GATHER_MS, Math.max(0, rate - UNGATHERED_RATE) * MS_PER_RATE);
    messages[partition] = 0;
    readAt[partition] = now;
  }

  return {
    begin(partition, close) {
      const go = (): void => {
        const now = performance.now();
        messages[partition]! += close();
        readRate(partition, now);
        lastAt[partition] = now;
      };
      const restMs = lastAt[partition]! + intervalMs[partition]! - performance.now();
      if (restMs > 0) setTimeout(go, restMs);
      else setImmediate(go);
    },
  };
}
