import { highestValueOf, type SparseHistogram } from './histogram.ts';

/**
 * The value that `percentile` of all values do not exceed, µs: the top of its bucket, as HdrHistogram gives it. Lost values sit
 * at infinity behind all others, so that it rises as loss rises. Infinity where the rank falls among the lost; NaN where nothing
 * was recorded and nothing lost.
 *
 * rank = ⌈percentile / 100 · (count + lost)⌉
 *
 * @param percentile  (0, 100]
 * @param lost        values that should have been recorded and never came, ≥ 0
 */
export function percentileOf({ pairs, count }: SparseHistogram, percentile: number, lost = 0): number {
  if (count + lost === 0) return Number.NaN;
  const rank = rankOf(percentile, count + lost);
  let upTo = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    upTo += pairs[i + 1]!;
    if (upTo >= rank) return highestValueOf(pairs[i]!);
  }
  return Number.POSITIVE_INFINITY;
}

/** 1 … count. */
function rankOf(percentile: number, count: number): number {
  const exact = (percentile / 100) * count;
  // Less two units in the last place: 99.9 / 100 · 1000 is a hair above 999 and would otherwise round up to the 1000th.
  return Math.max(1, Math.ceil(exact - exact * 2 * Number.EPSILON));
}
