import { decodeHistogram } from '../record/hdr-codec.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { queueDepths } from '../record/queue-depths.ts';
import type { ConnectionCounts, LedgersSoFar } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';
import { ownOf } from './read-result.ts';
import type { Times } from './statistic.ts';
import { type Timetable, timetableOf } from './window.ts';

/** A second, or several that follow one another: `second` is then the first, and the rest is their sum. */
export type KnownSecond = RawInterval & {
  /** How many they are; 1 by default. */
  readonly length?: number;
};

/** What is known of a run by now: all of it afterwards, a part while it is under way. Every metric is read from this alone. */
export interface KnownRun {
  readonly timetable: Timetable;
  /** Those that have passed, ascending. */
  readonly seconds: readonly KnownSecond[];
  /** Column-wise; null where nobody looked. */
  readonly queue: { readonly atUs: readonly number[]; readonly depth: readonly number[] } | null;
  /**
   * Deliveries that will never come. Nobody knows in which second they should have, so every window is charged with all. 0 while the
   * run is under way: what is overdue may still come.
   */
  readonly lost: number;
  /** The audits of the phases; null where only seconds are known. */
  readonly ledgers: LedgersSoFar | null;
  /** Deliveries of measure, wherever in it; null where only seconds are known. */
  readonly delivery: Times | null;
  /** How late the generator sent; null where only seconds are known. */
  readonly lateness: Times | null;
  readonly connections: Pick<ConnectionCounts, 'attempted' | 'opened' | 'dropped'> | null;
  /** What only the end tells; null while the run is under way. */
  readonly result: RunResult | null;
}

const known = new WeakMap<RunResult, KnownRun>();

/** All that is known of a finished run. Histograms are decoded when they are asked for, each once. */
export function knownOf(result: RunResult): KnownRun {
  const all = known.get(result) ?? knowAll(result);
  known.set(result, all);
  return all;
}

function knowAll(result: RunResult): KnownRun {
  const { samples, queue } = result;
  const delivery = once(() => ({
    recorded: decodeHistogram(samples.histograms.delivery),
    missing: samples.ledger.lost,
    own: ownOf(samples, 'delivery'),
  }));
  const lateness = once(() => ({ recorded: decodeHistogram(samples.histograms.lateness), missing: 0 }));
  return {
    timetable: timetableOf(result),
    seconds: samples.intervals.map((interval) => {
      const delivery = once(() => decodeHistogram(interval.delivery));
      const loopDelay = once(() => decodeHistogram(interval.loopDelay));
      return {
        ...interval,
        get delivery() {
          return delivery();
        },
        get loopDelay() {
          return loopDelay();
        },
      };
    }),
    queue: queue === null ? null : { atUs: queue.atUs, depth: queueDepths(queue) },
    lost: samples.ledger.lost,
    ledgers: { warmup: samples.warmupLedger, measure: samples.ledger },
    get delivery() {
      return delivery();
    },
    get lateness() {
      return lateness();
    },
    connections: samples.connections,
    result,
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
