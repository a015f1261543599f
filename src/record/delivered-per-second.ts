import type { Interval } from './samples.ts';

const SECOND_US = 1_000_000;

/**
 * Deliveries per second between two times, µs: each interval counts by the share of it that lies between them. Null where none
 * does. Drain is to be left out by the caller: waiting for lost deliveries would lower the figure.
 */
export function deliveredPerSecond(intervals: readonly Interval[], fromUs: number, toUs: number): number | null {
  let delivered = 0;
  let coveredUs = 0;
  for (const interval of intervals) {
    const startUs = Math.max(fromUs, interval.second * SECOND_US);
    const endUs = Math.min(toUs, (interval.second + 1) * SECOND_US);
    if (endUs <= startUs) continue;
    delivered += (interval.delivered * (endUs - startUs)) / SECOND_US;
    coveredUs += endUs - startUs;
  }
  return coveredUs === 0 ? null : (delivered * SECOND_US) / coveredUs;
}
