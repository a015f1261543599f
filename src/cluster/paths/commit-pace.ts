import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** Batches of a process that has time, ms. Each costs a write to the disk, and as much CPU with one message as with ten. */
export const SHORTEST_COMMIT_MS = 3;

/** The longest that a message waits for a batch, ms: its sender for the acknowledgement, its recipients for nothing. */
export const LONGEST_COMMIT_MS = 20;

/** Below the first busy share of the process its batches are the shortest, from the second on the longest. */
const AT_EASE = 0.4;
const AT_ITS_LIMIT = 0.85;

/** The busy share is that of so long at least, ms: of one batch it would be chance. */
const MEASURED_MS = 100;

/**
 * How far apart batches are to begin, by how busy the process is: time that the machine gives to others while a callback runs counts as
 * busy, so that a machine that is full shows here as well as a gateway that has much to do.
 *
 * @param read the event loop's utilization since a reading before; for tests
 */
export function createCommitPace(
  read: (since?: EventLoopUtilization) => EventLoopUtilization = performance.eventLoopUtilization,
): () => number {
  let before = read();
  let intervalMs = SHORTEST_COMMIT_MS;
  return () => {
    const { idle, active, utilization } = read(before);
    if (idle + active < MEASURED_MS) return intervalMs;
    before = read();
    intervalMs = commitIntervalMs(utilization);
    return intervalMs;
  };
}

/** @param utilization share of the time in which the process was busy, 0–1 */
export function commitIntervalMs(utilization: number): number {
  const pressure = Math.min(1, Math.max(0, (utilization - AT_EASE) / (AT_ITS_LIMIT - AT_EASE)));
  return SHORTEST_COMMIT_MS + pressure * (LONGEST_COMMIT_MS - SHORTEST_COMMIT_MS);
}
