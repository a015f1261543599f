import type { BrokerCheck } from '../metrics/broker-check.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { openStatsEndpoint, type StatsAddress } from '../metrics/stats-endpoint.ts';
import type { WorkerPeers } from '../ports/worker-peers.ts';
import { BatchLoop, type WorkerPorts } from './batch-loop.ts';
import { keepShares, type Shares } from './keep-shares.ts';

export interface WorkerOptions extends StatsAddress {
  /** Unique in the cluster, without blanks. */
  readonly id: string;
  readonly partitions: number;
  readonly peers: WorkerPeers;
  /** Whether its parcels go over Redis pub/sub, so that they count as such; default true. */
  readonly publishesOverRedis?: boolean;
  /** Those that must answer before it counts as ready; default none. */
  readonly brokers?: readonly BrokerCheck[];
  /** Further figures for `/stats`, by name; default none. */
  readonly gauges?: () => Readonly<Record<string, number>>;
}

export interface Worker {
  /** Where its figures are read. */
  readonly stats: string;
  /** Finishes the batch in hand and leaves the rest to others. */
  stop(): Promise<void>;
}

/**
 * Starts a worker; settles when it takes part in all partitions, each of which it serves or stands by for (see `keepShares`).
 *
 * @param fail called at most once, when the worker cannot go on
 */
export async function startWorker(
  options: WorkerOptions,
  ports: WorkerPorts,
  fail: (reason: unknown) => void,
): Promise<Worker> {
  const readStats = () => {
    const { counters, inFlight } = loop;
    const pubsub = options.publishesOverRedis === false ? {} : { pubsubMessages: counters.parcels };
    return { inFlight, partitions: shares?.owned ?? 0, ...counters, ...pubsub, ...options.gauges?.() };
  };
  let shares: Shares | null = null;
  const metrics = createMetrics(readStats);
  const queueWait = metrics.addHistogram(
    'chat_queue_wait_seconds',
    'From acceptance to its worker; first of each batch',
  );
  const loop = new BatchLoop(ports, fail, ({ at }) => queueWait.observe(Math.max(0, Date.now() - Number(at)) / 1_000));
  const endpoint = await openStatsEndpoint(options, { readStats, metrics, brokers: options.brokers ?? [] });
  const { id, partitions, peers } = options;
  shares = await keepShares({ id, partitions, peers, consumer: ports.consumer, work: loop, fail });

  return {
    stats: endpoint.stats,
    async stop() {
      shares?.stop();
      await loop.finish();
      await endpoint.close();
    },
  };
}
