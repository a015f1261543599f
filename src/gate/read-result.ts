import { percentileWithLostUs, summarizeHistogram } from '../record/histogram-summary.ts';
import type { MetricName } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';

/** Statistics of a time, as they are written in a threshold. */
export const STATISTICS = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
export type Statistic = (typeof STATISTICS)[number];

const PERCENTILE = { p50: 50, p90: 90, p95: 95, p99: 99, p999: 99.9, max: 100 } as const;

/**
 * A statistic of one of the run's histograms, µs, with what should have been recorded and never came at infinity: a run
 * cannot pass by losing its slowest messages. Null where nothing was recorded.
 *
 * @param missing  values that should have been recorded and were not
 */
export function readTime(result: RunResult, name: MetricName, statistic: Statistic, missing: number): number | null {
  const encoded = result.samples.histograms[name];
  const summary = summarizeHistogram(encoded);
  if (summary === null) return null;
  const lost = Math.max(0, missing);
  if (statistic === 'mean') return lost > 0 ? Number.POSITIVE_INFINITY : summary.meanUs;
  if (statistic === 'max' && lost === 0) return summary.maxUs;
  return percentileWithLostUs(encoded, lost, PERCENTILE[statistic]);
}

/** Messages that never yielded a value of a per-message time: some or all of their recipients never got them. */
export function messagesWithout(result: RunResult, name: 'fanoutFirst' | 'fanoutMedian' | 'fanoutLast'): number {
  return result.samples.ledger.sent - (summarizeHistogram(result.samples.histograms[name])?.count ?? 0);
}

/** Depth per sample: ready plus in flight. A gauge that could not be read counts as 0, so that the depth is a lower bound. */
export function queueDepths(queue: NonNullable<RunResult['queue']>): readonly number[] {
  return queue.ready.map((ready, index) => ready + (queue.inFlight[index] ?? 0));
}

/** Largest depth from the start of measure on; null without a sample there. */
export function maxQueueDepth({ queue, phases }: RunResult): number | null {
  if (queue === null) return null;
  const depths = queueDepths(queue).filter((_, index) => queue.atUs[index]! >= phases.warmupEndUs);
  return depths.length === 0 ? null : depths.reduce((max, depth) => Math.max(max, depth), 0);
}

/**
 * From the end of measure to the first sample from which on the queue stayed empty, µs; 0 where it was empty by then.
 * Infinity where it never was; null where nobody looked: no samples, or none near the end of measure.
 */
export function queueDrainUs({ queue, phases }: RunResult): number | null {
  const lastUs = queue?.atUs.at(-1);
  if (queue === null || lastUs === undefined) return null;
  if (lastUs < phases.measureEndUs - 2 * queue.intervalMs * 1000) return null;
  const lastLoaded = queueDepths(queue).findLastIndex((depth) => depth > 0);
  const emptyUs = queue.atUs[lastLoaded + 1];
  return emptyUs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, emptyUs - phases.measureEndUs);
}

/** Messages sent per second of measure; null where measure had no length. */
export function sentPerSecond({ samples, phases }: RunResult): number | null {
  const lengthUs = phases.measureEndUs - phases.warmupEndUs;
  return lengthUs > 0 ? (samples.ledger.sent * 1e6) / lengthUs : null;
}

/**
 * Deliveries per second of measure: each interval counts by the share of it that lies in measure. Drain is left out, since
 * waiting for lost deliveries would lower the figure. Null where no interval lies in measure.
 */
export function deliveredPerSecond({ samples, phases }: RunResult): number | null {
  let delivered = 0;
  let coveredUs = 0;
  for (const interval of samples.intervals) {
    const startUs = Math.max(phases.warmupEndUs, interval.second * 1e6);
    const endUs = Math.min(phases.measureEndUs, (interval.second + 1) * 1e6);
    if (endUs <= startUs) continue;
    delivered += (interval.delivered * (endUs - startUs)) / 1e6;
    coveredUs += endUs - startUs;
  }
  return coveredUs === 0 ? null : (delivered * 1e6) / coveredUs;
}
