import { deliveredPerSecond } from '../record/delivered-per-second.ts';
import { percentileWithLostUs, summarizeHistogram } from '../record/histogram-summary.ts';
import { maxQueueDepth, queueDrainUs } from '../record/queue-depths.ts';
import type { MetricName } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';

/** Statistics of a time, as they are written in a threshold. */
export const STATISTICS = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
export type Statistic = (typeof STATISTICS)[number];

export const PERCENTILE = { p50: 50, p90: 90, p95: 95, p99: 99, p999: 99.9, max: 100 } as const;

/** A statistic of one of the run's histograms, see `readHistogram`. */
export function readTime(result: RunResult, name: MetricName, statistic: Statistic, missing: number): number | null {
  return readHistogram(result.samples.histograms[name], statistic, missing);
}

/**
 * A statistic of a histogram, µs, with what should have been recorded and never came at infinity: a run cannot pass by losing
 * its slowest messages. Null where nothing was recorded.
 *
 * @param encoded  HdrHistogram's encoding, or empty
 * @param missing  values that should have been recorded and were not
 */
export function readHistogram(encoded: string, statistic: Statistic, missing: number): number | null {
  const summary = summarizeHistogram(encoded);
  if (summary === null) return null;
  const lost = Math.max(0, missing);
  if (statistic === 'mean') return lost > 0 ? Number.POSITIVE_INFINITY : summary.meanUs;
  if (statistic === 'max' && lost === 0) return summary.maxUs;
  return percentileWithLostUs(encoded, lost, PERCENTILE[statistic]);
}

/** Messages that never yielded a value of a per-message time: some or all of their recipients never got them. */
export function messagesWithout(result: RunResult, name: 'fanoutFirst' | 'fanoutMedian' | 'fanoutLast'): number {
  const { sent, limited } = result.samples.ledger;
  return sent - limited - (summarizeHistogram(result.samples.histograms[name])?.count ?? 0);
}

/** Largest depth from the start of measure on; null without a sample there. */
export function maxDepth({ queue, phases }: RunResult): number | null {
  return queue === null ? null : maxQueueDepth(queue, phases.warmupEndUs);
}

/** See `queueDrainUs`; null also where there was no queue to look at. */
export function drainUs({ queue, phases }: RunResult): number | null {
  return queue === null ? null : queueDrainUs(queue, phases.measureEndUs);
}

/** Messages sent per second of measure; null where measure had no length. */
export function sentPerSecond({ samples, phases }: RunResult): number | null {
  const lengthUs = phases.measureEndUs - phases.warmupEndUs;
  return lengthUs > 0 ? (samples.ledger.sent * 1e6) / lengthUs : null;
}

/** Deliveries per second of measure; null where no interval lies in it. */
export function deliveredRate({ samples, phases }: RunResult): number | null {
  return deliveredPerSecond(samples.intervals, phases.warmupEndUs, phases.measureEndUs);
}
