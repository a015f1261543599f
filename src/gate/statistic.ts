import type { SparseHistogram } from '../record/histogram.ts';
import { type OwnShare, withoutOwn } from '../record/own-share.ts';
import { percentileOf } from '../record/percentile-of.ts';

/** Statistics of a time, as they are written in a threshold. */
export const STATISTICS = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** Other ways to write one. */
export const STATISTIC_ALIASES: ReadonlyMap<string, Statistic> = new Map([['p99.9', 'p999']]);

export const PERCENTILE = { p50: 50, p90: 90, p95: 95, p99: 99, p999: 99.9, max: 100 } as const;

/** The statistic that is written so; null where there is none. */
export function parseStatistic(written: string): Statistic | null {
  return STATISTIC_ALIASES.get(written) ?? STATISTICS.find((statistic) => statistic === written) ?? null;
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
  if (statistic !== 'mean') return percentileOf(recorded, PERCENTILE[statistic], missing);
  return missing > 0 ? Number.POSITIVE_INFINITY : recorded.sumUs / recorded.count;
}
