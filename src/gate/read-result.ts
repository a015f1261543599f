import { deliveredPerSecond } from '../record/delivered-per-second.ts';
import { decodeHistogram } from '../record/hdr-codec.ts';
import { summarizeHistogram } from '../record/histogram-summary.ts';
import type { MetricName } from '../record/metric-names.ts';
import { maxQueueDepth, queueDrainUs } from '../record/queue-depths.ts';
import type { RunResult } from '../result/run-result.ts';
import { readStatistic, type Statistic } from './statistic.ts';

/** A statistic of one of the run's histograms, see `readHistogram`. */
export function readTime(result: RunResult, name: MetricName, statistic: Statistic, missing: number): number | null {
  return readHistogram(result.samples.histograms[name], statistic, missing);
}

/**
 * `readStatistic` of an encoded histogram.
 *
 * @param encoded  HdrHistogram's encoding, or empty
 * @param missing  values that should have been recorded and were not; fewer than none count as none
 */
export function readHistogram(encoded: string, statistic: Statistic, missing: number): number | null {
  return readStatistic(decodeHistogram(encoded), statistic, Math.max(0, missing));
}

/** Messages that never yielded a value of a per-message time: some or all of their recipients never got them. */
export function messagesWithout(result: RunResult, name: 'fanoutFirst' | 'fanoutMedian' | 'fanoutLast'): number {
  const { sent, limited } = result.samples.ledger;
  return sent - limited - (summarizeHistogram(result.samples.histograms[name])?.count ?? 0);
}

/** Reads of history that clients did beside sending; one that failed never yields a value. Null where none fell due. */
export function readHistoryReads({ samples }: RunResult, statistic: Statistic): number | null {
  const reads = samples.traffic?.find(({ kind }) => kind === 'history');
  return reads === undefined || reads.planned === 0
    ? null
    : readHistogram(reads.latency ?? '', statistic, reads.failed);
}

/** What clients did beside sending and failed at, all kinds together; null where nothing fell due. */
export function countFailedTraffic({ samples: { traffic = [] } }: RunResult): number | null {
  const [planned, failed] = traffic.reduce(([a, b], part) => [a + part.planned, b + part.failed], [0, 0]);
  return planned === 0 ? null : failed;
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
