import { type ClocksOfRun, doubtClocks } from '../../gate/doubt-clocks.ts';
import { followThreshold } from '../../gate/follow-threshold.ts';
import { outcomeOf, parseThreshold } from '../../gate/threshold.ts';
import { followLive, type KnownBesides } from '../../gate/threshold-follower.ts';
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
  readonly connections: readonly ConnectionCounts[];
}

/** Of a run that has not begun. */
export const NOTHING_KNOWN: RunSoFar = {
  interval: null,
  queueDepth: null,
  delivery: new Histogram().snapshot(),
  warmup: zeroCounts(),
  measure: zeroCounts(),
  connections: [],
};

/**
 * The scenario's thresholds by what is known so far, for somebody who watches: to be called once with every second, in their
 * order. It is not the verdict: acknowledgements, hops and the like are known only at the end, and a delivery that is overdue,
 * which counts as endless here, may still come.
 */
export function judgeLive(
  {
    thresholds,
    phases: { warmupUs, measureUs },
    load,
    timeouts,
  }: Pick<Scenario, 'thresholds' | 'phases' | 'load' | 'timeouts'>,
  clocks: () => ClocksOfRun = () => ({}),
): (soFar: RunSoFar) => readonly LiveThreshold[] {
  const timetable = { warmupEndUs: warmupUs, measureEndUs: warmupUs + measureUs, stages: load.stages };
  const followed = thresholds.map((expression) => {
    const parsed = parseThreshold(expression);
    return parsed.ok
      ? { threshold: parsed.threshold, follower: followThreshold(parsed.threshold, timetable, followLive(timeouts)) }
      : expression;
  });
  return ({ interval, queueDepth, delivery, warmup, measure, connections }) => {
    const known: KnownBesides = {
      lostUntold: 0,
      result: null,
      lateness: null,
      ledgers: { warmup, measure },
      delivery: { recorded: delivery, missing: measure.lost },
      connections: {
        attempted: sumOf(connections, 'attempted'),
        opened: sumOf(connections, 'opened'),
        dropped: sumOf(connections, 'dropped'),
      },
    };
    const errors = clocks();
    return followed.map((one) => {
      if (typeof one === 'string') return { expression: one, ...UNKNOWN };
      const { threshold, follower } = one;
      if (interval !== null) follower.add(interval, queueDepth);
      const figure = follower.measure(known);
      if (figure === null) return { expression: threshold.expression, ...UNKNOWN };
      const outcome = outcomeOf(threshold, figure);
      const doubt = doubtClocks(threshold, figure, outcome.actual, errors);
      if (doubt === null) return outcome;
      return { ...outcome, actual: doubt.actual, ok: doubt.reason === null ? outcome.ok : null };
    });
  };
}

function sumOf(connections: readonly ConnectionCounts[], name: 'attempted' | 'opened' | 'dropped'): number {
  return connections.reduce((sum, counts) => sum + counts[name], 0);
}

const UNKNOWN = { actual: null, ok: null } as const;
