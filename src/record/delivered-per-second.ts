import type { Interval } from './samples.ts';

const SECOND_US = 1_000_000;

/**
 * Deliveries per second of measure, of all seconds of a run, also where its result has not all of them; null where it had no whole
 * one, or they are lost.
 */
export function measuredDeliveryRate({
  samples,
  phases,
  seconds,
}: {
  readonly samples: { readonly intervals: readonly Pick<Interval, 'second' | 'delivered'>[] };
  readonly phases: { readonly warmupEndUs: number; readonly measureEndUs: number };
  readonly seconds: { readonly deliveredPerSecond: number | null } | null;
}): number | null {
  if (seconds !== null) return seconds.deliveredPerSecond;
  return deliveredPerSecond(samples.intervals, phases.warmupEndUs, phases.measureEndUs);
}

/**
 * Deliveries per second between two times, µs: of the whole seconds between them, since how those at the borders are
 * spread within their second is not known. Where there is no whole one, each counts by the share of it that lies between. Null
 * where none does. Drain is to be left out by the caller: waiting for lost deliveries would lower the figure.
 */
export function deliveredPerSecond(
  intervals: readonly Pick<Interval, 'second' | 'delivered'>[],
  fromUs: number,
  toUs: number,
): number | null {
  const whole = intervals.filter(({ second }) => second * SECOND_US >= fromUs && (second + 1) * SECOND_US <= toUs);
  let delivered = 0;
  let coveredUs = 0;
  for (const interval of whole.length > 0 ? whole : intervals) {
    const startUs = Math.max(fromUs, interval.second * SECOND_US);
    const endUs = Math.min(toUs, (interval.second + 1) * SECOND_US);
    if (endUs <= startUs) continue;
    delivered += (interval.delivered * (endUs - startUs)) / SECOND_US;
    coveredUs += endUs - startUs;
  }
  return coveredUs === 0 ? null : (delivered * SECOND_US) / coveredUs;
}
