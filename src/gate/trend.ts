import type { Verdict } from './verdict.ts';

/** Runs of one kind over time, with what changed in between. */
export interface Trend {
  /** Oldest first. */
  readonly runs: readonly TrendRun[];
  readonly series: readonly TrendSeries[];
}

/** A run, or a repeat: its trials were measured in one session, and count once. */
export interface TrendRun {
  /** Of a repeat that of its first trial. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Of a repeat `invalid` where no trial is valid, `fail` where a valid one fails. */
  readonly verdict: Verdict['status'];
  /** 1 for a single run. */
  readonly trials: number;
}

export interface TrendSeries {
  /** Such as "delivery.p95". */
  readonly subject: string;
  /** One per run, of a repeat the median over its valid trials; null where it has no data or is invalid. */
  readonly values: readonly (number | null)[];
  readonly changes: readonly TrendChange[];
}

export interface TrendChange {
  /** The run from which on it holds. */
  readonly index: number;
  /** Medians of both levels, in the metric's unit; a time is endless where deliveries were lost. */
  readonly before: number;
  readonly after: number;
  /** After ÷ before; Infinity from 0 or to endless, 0 from endless, 1 where both are alike. */
  readonly ratio: number;
  /** Adjusted over all series of the trend (Holm). */
  readonly p: number;
}
