import { parsePercentile } from '../percentile.ts';
import { lowestValueOf, type SparseHistogram } from '../record/histogram.ts';
import { type OwnShare, withoutOwn } from '../record/own-share.ts';
import { percentileOf } from '../record/percentile-of.ts';

/** Statistics of a time that are listed and suggested; every other percentile can be written, too. */
export const STATISTICS = ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;

/** A percentile is named by its shortest way: "p75", "p99.99", and "p999" for 99.9. */
export type Statistic = 'min' | 'mean' | 'max' | `p${number}`;

/** The statistic that is written so, by its name: "p99.9" and "p999" are one. Null where there is none. */
export function parseStatistic(written: string): Statistic | null {
  if (written === 'min' || written === 'mean' || written === 'max') return written;
  const percentile = parsePercentile(written);
  if (percentile === null) return null;
  return percentile === 99.9 ? 'p999' : `p${percentile}`;
}

/** Per cent of all values, above 0 and below 100; null for a statistic that is no percentile. */
export function percentileOfStatistic(statistic: Statistic): number | null {
  return parsePercentile(statistic);
}

/** What is known of a time: everything that a statistic of it is read from. */
export interface Times {
  readonly recorded: SparseHistogram;
  /** Values that should have been recorded and never were, ≥ 0: they count as endless. */
  readonly missing: number;
  /** Something was due and nothing has come of it: every statistic is endless. Default false: nothing recorded is no data. */
  readonly isStalled?: boolean;
  /** What the generator added itself; null where that was not recorded. */
  readonly own?: OwnShare<SparseHistogram> | null | undefined;
}

/** The times as they would be without what the generator added; as they are where that was not recorded. */
export function timesOfTarget({ own = null, ...times }: Times): Times {
  return own === null ? times : { ...times, recorded: withoutOwn(times.recorded, own) };
}

/**
 * A statistic of times, µs, with what should have been recorded and never came at infinity: a run cannot pass by losing its
 * slowest messages, nor by losing them all. Null where nothing was recorded, and nothing had to be.
 */
export function readStatistic({ recorded, missing, isStalled = false }: Times, statistic: Statistic): number | null {
  if (recorded.count === 0) return isStalled || missing > 0 ? Number.POSITIVE_INFINITY : null;
  const percentile = percentileOfStatistic(statistic);
  if (percentile !== null) return percentileOf(recorded, percentile, missing);
  // What never came is later than all that did.
  if (statistic === 'min') return lowestValueOf(recorded.pairs[0]!);
  if (missing > 0) return Number.POSITIVE_INFINITY;
  return statistic === 'max' ? percentileOf(recorded, 100) : recorded.sumUs / recorded.count;
}
