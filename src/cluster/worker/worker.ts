import type { BrokerCheck } from '../metrics/broker-check.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { openStatsEndpoint } from '../metrics/stats-endpoint.ts';
import { BatchLoop, type WorkerPorts } from './batch-loop.ts';

export interface WorkerOptions {
  /** 0 … workers − 1. */
  readonly index: number;
  readonly workers: number;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly partitions: number;
  /** How long the other workers have to take their own partitions before this one stands by for them, ms. */
  readonly standByAfterMs?: number;
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

const STAND_BY_AFTER_MS = 2_000;

/**
 * Starts a worker; settles when it takes part in its own partitions. It stands by for all others a little later, so that
 * the load is spread where all workers live, and nothing stays behind where one dies.
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
    return { inFlight, ...counters, ...pubsub, ...options.gauges?.() };
  };
  const metrics = createMetrics(readStats);
  const queueWait = metrics.addHistogram(
    'chat_queue_wait_seconds',
    'From acceptance to its worker; first of each batch',
  );
  const loop = new BatchLoop(ports, fail, ({ at }) => queueWait.observe(Math.max(0, Date.now() - Number(at)) / 1_000));
  const endpoint = await openStatsEndpoint(options, { readStats, metrics, brokers: options.brokers ?? [] });
  const { own, others } = sharePartitions(options);
  await consumeAll(own);
  const standBy = setTimeout(() => void consumeAll(others).catch(fail), options.standByAfterMs ?? STAND_BY_AFTER_MS);

  return {
    stats: endpoint.stats,
    async stop() {
      clearTimeout(standBy);
      await ports.consumer.stopReceiving();
      await loop.finish();
      await endpoint.close();
    },
  };

  async function consumeAll(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions) await ports.consumer.consume(partition, (delivery) => loop.gather(delivery));
  }
}

function sharePartitions({ index, workers, partitions }: WorkerOptions): { own: number[]; others: number[] } {
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  return {
    own: all.filter((partition) => partition % workers === index),
    others: all.filter((partition) => partition % workers !== index),
  };
}
