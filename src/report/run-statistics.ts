import type { Interval } from '../record/samples.ts';
import type { QueueSeries, RunResult } from '../result/run-result.ts';

const SECOND_US = 1_000_000;

/** Messages sent and deliveries received per second of measure; null where measure had no length. */
export function measureRates(result: RunResult): { sentPerSecond: number | null; deliveredPerSecond: number | null } {
  const { warmupEndUs, measureEndUs } = result.phases;
  if (measureEndUs <= warmupEndUs) return { sentPerSecond: null, deliveredPerSecond: null };
  return {
    sentPerSecond: (result.samples.ledger.sent * SECOND_US) / (measureEndUs - warmupEndUs),
    deliveredPerSecond: deliveredPerSecond(result.samples.intervals, warmupEndUs, measureEndUs),
  };
}

/**
 * Deliveries per second between two times: each interval counts by the share of it that lies between them. Drain is left out,
 * because waiting for the lost ones would lower the figure.
 */
function deliveredPerSecond(intervals: readonly Interval[], fromUs: number, toUs: number): number | null {
  let delivered = 0;
  let coveredUs = 0;
  for (const interval of intervals) {
    const startUs = Math.max(fromUs, interval.second * SECOND_US);
    const endUs = Math.min(toUs, (interval.second + 1) * SECOND_US);
    if (endUs <= startUs) continue;
    delivered += (interval.delivered * (endUs - startUs)) / SECOND_US;
    coveredUs += endUs - startUs;
  }
  return coveredUs === 0 ? null : (delivered * SECOND_US) / coveredUs;
}

export interface QueueStatistics {
  readonly samples: number;
  /** Largest depth (ready + in flight) from the start of measure on; null without samples. */
  readonly maxDepth: number | null;
  /** From the end of measure to the first sample from which on the queue stayed empty, µs; null where it never did. */
  readonly drainUs: number | null;
}

/** Depth per sample: ready plus in flight. A worker's gauge that could not be read counts as 0, so the depth is a lower bound. */
export function queueDepths(queue: QueueSeries): readonly number[] {
  return queue.ready.map((ready, index) => ready + (queue.inFlight[index] ?? 0));
}

export function queueStatistics(queue: QueueSeries, phases: RunResult['phases']): QueueStatistics {
  const depths = queueDepths(queue);
  let maxDepth: number | null = null;
  for (const [index, depth] of depths.entries()) {
    if ((queue.atUs[index] ?? 0) >= phases.warmupEndUs) maxDepth = Math.max(maxDepth ?? 0, depth);
  }
  return { samples: depths.length, maxDepth, drainUs: drainUs(queue.atUs, depths, phases.measureEndUs) };
}

function drainUs(atUs: readonly number[], depths: readonly number[], measureEndUs: number): number | null {
  const lastLoaded = depths.findLastIndex((depth) => depth > 0);
  const firstEmptyUs = atUs[lastLoaded + 1];
  if (firstEmptyUs === undefined) return null;
  return Math.max(0, firstEmptyUs - measureEndUs);
}

/** The busiest shard's share of a core and the memory of all shards together; null without a report from any shard. */
export function generatorLoad(result: RunResult): { cpuRatio: number; memoryBytes: number } | null {
  const { health } = result.samples;
  if (health.length === 0) return null;
  return {
    cpuRatio: Math.max(...health.map((shard) => shard.cpuRatio)),
    memoryBytes: health.reduce((sum, shard) => sum + shard.memoryBytes, 0),
  };
}

/** Connects that succeeded, 0–1, and how many opened per second; null where there is nothing to divide. */
export function connectionRates(connections: RunResult['samples']['connections']): {
  successRatio: number | null;
  perSecond: number | null;
} {
  const { attempted, opened, openingUs } = connections;
  return {
    successRatio: attempted === 0 ? null : opened / attempted,
    perSecond: opened === 0 || openingUs === 0 ? null : (opened * SECOND_US) / openingUs,
  };
}
