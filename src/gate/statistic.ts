import type { SparseHistogram } from '../record/histogram.ts';
import { percentileOf } from '../record/percentile-of.ts';

/** Statistics of a time, as they are written in a threshold. */
export const STATISTICS = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
export type Statistic = (typeof STATISTICS)[number];

const PERCENTILE = { p50: 50, p90: 90, p95: 95, p99: 99, p999: 99.9, max: 100 } as const;

/**
 * A statistic of recorded times, µs, with what should have been recorded and never came at infinity: a run cannot pass by losing
 * its slowest messages. Null where nothing was recorded.
 *
 * @param missing  values that should have been recorded and were not, ≥ 0
 */
export function readStatistic(recorded: SparseHistogram, statistic: Statistic, missing: number): number | null {
  if (recorded.count === 0) return null;
  if (statistic !== 'mean') return percentileOf(recorded, PERCENTILE[statistic], missing);
  return missing > 0 ? Number.POSITIVE_INFINITY : recorded.sumUs / recorded.count;
}
