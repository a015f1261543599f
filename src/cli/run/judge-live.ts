import { followThreshold } from '../../gate/follow-threshold.ts';
import type { KnownSeconds } from '../../gate/known-seconds.ts';
import { readStatistic } from '../../gate/statistic.ts';
import { type Measured, outcomeOf, parseThreshold, type Threshold } from '../../gate/threshold.ts';
import type { Timetable } from '../../gate/window.ts';
import { Histogram, type SparseHistogram } from '../../record/histogram.ts';
import type { RawInterval } from '../../record/interval-series.ts';
import { zeroCounts } from '../../record/ledger-counts.ts';
import type { LiveThreshold } from '../../record/live-update.ts';
import type { ConnectionCounts, LedgersSoFar } from '../../record/samples.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/** What is known of a run while it is under way. */
export interface RunSoFar extends LedgersSoFar {
  /** The second that has just passed; null while clients connect. */
  readonly interval: RawInterval | null;
  /** Depth of the queue at the end of that second; null where it is not known. */
  readonly queueDepth: number | null;
  /** Latencies of the measured deliveries. */
  readonly delivery: SparseHistogram;
  /** Largest depth of the queue seen since measure began; null where none was seen. */
  readonly deepest: number | null;
  readonly connections: readonly ConnectionCounts[];
}

/** Of a run that has not begun. */
export const NOTHING_KNOWN: RunSoFar = {
  interval: null,
  queueDepth: null,
  delivery: new Histogram().snapshot(),
  warmup: zeroCounts(),
  measure: zeroCounts(),
  deepest: null,
  connections: [],
};

/**
 * The scenario's thresholds by what is known so far, for somebody who watches: to be called once with every second, in their
 * order. It is not the verdict: acknowledgements, hops and the like are known only at the end, and a delivery that is overdue,
 * which counts as endless here, may still come.
 */
export function judgeLive({
  thresholds,
  phases: { warmupUs, measureUs },
  load,
}: Pick<Scenario, 'thresholds' | 'phases' | 'load'>): (soFar: RunSoFar) => readonly LiveThreshold[] {
  const timetable = { warmupEndUs: warmupUs, measureEndUs: warmupUs + measureUs, stages: load.stages };
  const known = { intervals: [] as RawInterval[], lost: 0, queue: { atUs: [] as number[], depth: [] as number[] } };
  const followed = thresholds.map((expression) => {
    const parsed = parseThreshold(expression);
    return { expression, follow: parsed.ok ? followOne(parsed.threshold, timetable, known) : null };
  });
  return (soFar) => {
    const { interval, queueDepth } = soFar;
    if (interval !== null) known.intervals.push(interval);
    if (interval !== null && queueDepth !== null) {
      known.queue.atUs.push((interval.second + 1) * 1_000_000 - 1);
      known.queue.depth.push(queueDepth);
    }
    return followed.map(({ expression, follow }) => ({ expression, ...(follow?.(soFar) ?? UNKNOWN) }));
  };
}

type Follower = (soFar: RunSoFar) => Pick<LiveThreshold, 'actual' | 'ok'>;

function followOne(threshold: Threshold, timetable: Timetable, known: KnownSeconds): Follower {
  const read = readWhole(threshold);
  const readSeconds = followThreshold(threshold, timetable);
  return (soFar) => {
    const figure = read === null ? readSeconds(known) : measured(read(soFar));
    return figure === null ? UNKNOWN : outcomeOf(threshold, figure);
  };
}

/** How a figure of a whole phase is read, in the unit of its metric; null where its seconds have to tell. */
function readWhole({ metric, statistic, window }: Threshold): ((soFar: RunSoFar) => number | null) | null {
  const { readLedger } = metric;
  const during = window?.during ?? 'measure';
  if (
    readLedger !== undefined &&
    (window?.everyUs ?? null) === null &&
    (during === 'warm-up' || during === 'measure')
  ) {
    return (soFar) => readLedger(during === 'warm-up' ? soFar.warmup : soFar.measure);
  }
  if (window !== null) return null;
  switch (metric.name) {
    case 'delivery':
      return ({ delivery, measure }) => (statistic === null ? null : readStatistic(delivery, statistic, measure.lost));
    case 'queue.depth.max':
      return ({ deepest }) => deepest;
    case 'connect.success':
      return ({ connections }) => {
        const attempted = connections.reduce((sum, counts) => sum + counts.attempted, 0);
        return attempted === 0 ? null : connections.reduce((sum, { opened }) => sum + opened, 0) / attempted;
      };
    default:
      return null;
  }
}

function measured(value: number | null): Measured | null {
  return value === null ? null : { value, span: null };
}

const UNKNOWN = { actual: null, ok: null } as const;
