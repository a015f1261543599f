import { readStatistic } from '../../gate/statistic.ts';
import { outcomeOf, parseThreshold, type Threshold } from '../../gate/threshold.ts';
import type { SparseHistogram } from '../../record/histogram.ts';
import type { LiveThreshold } from '../../record/live-update.ts';
import type { ConnectionCounts } from '../../record/samples.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/** What is known of a run while it is under way. */
export interface RunSoFar {
  /** Latencies of the measured deliveries. */
  readonly delivery: SparseHistogram;
  readonly skipped: number;
  /** Largest depth of the queue seen since measure began; null where none was seen. */
  readonly deepest: number | null;
  readonly connections: readonly ConnectionCounts[];
}

/**
 * The scenario's thresholds by what is known so far, for somebody who watches. It is not the verdict: what is known only at the
 * end (losses, acknowledgements, windows) stays open, and lost deliveries cannot count yet.
 */
export function judgeLive({ thresholds }: Pick<Scenario, 'thresholds'>): (soFar: RunSoFar) => readonly LiveThreshold[] {
  const parsed = thresholds.map((expression) => ({ expression, parsed: parseThreshold(expression) }));
  return (soFar) =>
    parsed.map(({ expression, parsed }) => {
      const value = parsed.ok && parsed.threshold.window === null ? figureOf(parsed.threshold, soFar) : null;
      if (!parsed.ok || value === null) return { expression, actual: null, ok: null };
      const { actual, ok } = outcomeOf(parsed.threshold, { value, span: null });
      return { expression, actual, ok };
    });
}

/** In the unit of the metric; null where it is not known before the end. */
function figureOf({ metric, statistic }: Threshold, soFar: RunSoFar): number | null {
  switch (metric.name) {
    case 'delivery':
      return statistic === null ? null : readStatistic(soFar.delivery, statistic, 0);
    case 'skipped':
      return soFar.skipped;
    case 'queue.depth.max':
      return soFar.deepest;
    case 'connect.success': {
      const attempted = soFar.connections.reduce((sum, counts) => sum + counts.attempted, 0);
      return attempted === 0 ? null : soFar.connections.reduce((sum, { opened }) => sum + opened, 0) / attempted;
    }
    default:
      return null;
  }
}
