import { mostOf } from '../extremes.ts';
import { countByHost } from '../record/connection-counts.ts';
import { measuredDeliveryRate } from '../record/delivered-per-second.ts';
import { maxQueueDepth, queueDrainUs } from '../record/queue-depths.ts';
import type { RunResult } from '../result/run-result.ts';

const SECOND_US = 1_000_000;

/** Messages sent and deliveries received per second of measure; null where measure had no length. */
export function measureRates(result: RunResult): { sentPerSecond: number | null; deliveredPerSecond: number | null } {
  const { warmupEndUs, measureEndUs } = result.phases;
  if (measureEndUs <= warmupEndUs) return { sentPerSecond: null, deliveredPerSecond: null };
  return {
    sentPerSecond: (result.samples.ledger.sent * SECOND_US) / (measureEndUs - warmupEndUs),
    deliveredPerSecond: measuredDeliveryRate(result),
  };
}

export interface QueueStatistics {
  readonly samples: number;
  /** Largest depth (ready + in flight) from the start of measure on; null without samples. */
  readonly maxDepth: number | null;
  /** From the end of measure to the first sample from which on the queue stayed empty, µs; null where it never did. */
  readonly drainUs: number | null;
}

export function queueStatistics(queue: NonNullable<RunResult['queue']>, phases: RunResult['phases']): QueueStatistics {
  const drainUs = queueDrainUs(queue, phases.measureEndUs);
  return {
    samples: queue.thinnedFrom ?? queue.atUs.length,
    maxDepth: maxQueueDepth(queue, phases.warmupEndUs),
    drainUs: drainUs === Number.POSITIVE_INFINITY ? null : drainUs,
  };
}

/** The busiest shard's share of a core and the memory of all shards together; null without a report from any shard. */
export function generatorLoad(result: RunResult): { cpuRatio: number; memoryBytes: number } | null {
  const { health } = result.samples;
  if (health.length === 0) return null;
  return {
    cpuRatio: mostOf(health.map((shard) => shard.cpuRatio)),
    memoryBytes: health.reduce((sum, shard) => sum + shard.memoryBytes, 0),
  };
}

/**
 * How clients were spread: connections by gateway as the gateways counted them, else by address as they were opened. `imbalance`
 * is the fullest one's share over an even one, max / mean, 1 being even; null where there is nothing to spread over.
 */
export function connectionSpread({ gatewayConnections, samples }: RunResult): {
  readonly counts: Readonly<Record<string, number>>;
  readonly imbalance: number | null;
} {
  const counts = gatewayConnections ?? countByHost(samples.connections.perEndpoint);
  const values = Object.values(counts);
  const sum = values.reduce((total, count) => total + count, 0);
  if (values.length < 2) return { counts: gatewayConnections ?? {}, imbalance: null };
  return { counts, imbalance: sum === 0 ? null : (mostOf(values) * values.length) / sum };
}

/**
 * Clients that received at least one message, and their share of those that connected. Null where it is not worth a word: all
 * of them did, and the scenario did not set out to reach each; or it was not counted.
 */
export function reachedClients({ samples, scenario }: RunResult): { reached: number; ratio: number } | null {
  const { reached, opened } = samples.connections;
  const isAim = scenario.population.roomChoice.kind === 'in-turn';
  if (reached === null || opened === 0 || (reached === opened && !isAim)) return null;
  return { reached, ratio: reached / opened };
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
