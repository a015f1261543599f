import type { Verdict } from './verdict.ts';

/** Runs of one kind over time, with what changed in between. */
export interface Trend {
  /** Oldest first. */
  readonly runs: readonly TrendRun[];
  readonly series: readonly TrendSeries[];
}

export interface TrendRun {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly verdict: Verdict['status'];
}

export interface TrendSeries {
  /** Such as "delivery.p95". */
  readonly subject: string;
  /** One per run; null where it has no data or is invalid. */
  readonly values: readonly (number | null)[];
  readonly changes: readonly TrendChange[];
}

export interface TrendChange {
  /** The run from which on it holds. */
  readonly index: number;
  /** Median of the level after ÷ median of the level before; Infinity where the level before was 0. */
  readonly ratio: number;
  readonly p: number;
}
