import { decodeHistogram } from '../record/hdr-codec.ts';
import type { SparseHistogram } from '../record/histogram.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { queueDepths } from '../record/queue-depths.ts';
import type { ConnectionCounts, LedgersSoFar } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';
import { ownOf } from './read-result.ts';
import type { Times } from './statistic.ts';
import { type Timetable, timetableOf } from './window.ts';

/** A second, or several that follow one another: `second` is then the first, and the rest is their sum. */
export interface KnownSecond {
  readonly second: number;
  /** How many they are; 1 by default. */
  readonly length?: number;
  readonly offered: number;
  readonly sent: number;
  readonly skipped: number;
  /** Deliveries that arrived in it, whenever they were due. */
  readonly delivered: number;
  /** Latencies of the measured deliveries that were due in it, whenever they arrived. */
  readonly due: SparseHistogram;
  /** Of those due in it, what never came. */
  readonly lost: number;
  /** The most that the generator was late or blocked in it, µs. */
  readonly ownMaxUs: number;
}

/** What is known of a run by now: all of it afterwards, a part while it is under way. Every metric is read from this alone. */
export interface KnownRun {
  readonly timetable: Timetable;
  /** Those that have passed, ascending. */
  readonly seconds: readonly KnownSecond[];
  /** Column-wise; null where nobody looked. */
  readonly queue: { readonly atUs: readonly number[]; readonly depth: readonly number[] } | null;
  /** Deliveries that never came, of which no second tells that they were due in it: every window is charged with all. */
  readonly lostUntold: number;
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

/** The most that the generator was late or blocked in a second, µs. */
export function ownMaxOf({ latenessMaxUs, loopDelay }: Pick<RawInterval, 'latenessMaxUs' | 'loopDelay'>): number {
  return Math.max(latenessMaxUs, loopDelay.maxUs);
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
      // Where a result does not tell what was due when, what arrived then comes nearest.
      const decode = once(() => decodeHistogram(interval.due ?? interval.delivery));
      const ownMax = once(() => ownMaxOf({ ...interval, loopDelay: decodeHistogram(interval.loopDelay) }));
      return {
        ...interval,
        get due() {
          return decode();
        },
        get ownMaxUs() {
          return ownMax();
        },
      };
    }),
    queue: queue === null ? null : { atUs: queue.atUs, depth: queueDepths(queue) },
    lostUntold: Math.max(0, samples.ledger.lost - samples.intervals.reduce((sum, { lost }) => sum + lost, 0)),
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
