import { createMemoryBus } from './adapters/memory-bus.ts';
import { MemoryQueue } from './adapters/memory-queue.ts';
import { createMemoryRouting } from './adapters/memory-routing.ts';
import { createMemoryStore } from './adapters/memory-store.ts';
import { startGateway } from './gateway/gateway.ts';
import { createWorkerPath } from './paths/worker-path.ts';
import { openStatsEndpoint } from './stats-endpoint.ts';
import { PREFETCH_ENTRIES } from './worker/batch-loop.ts';
import { startWorker } from './worker/worker.ts';

export interface EmbeddedCluster {
  /** WebSocket addresses, one per gateway. */
  readonly endpoints: readonly string[];
  /** HTTP address that answers `{"ready": number, "inFlight": number, "deadLetters": number}` of the queue. */
  readonly stats: string;
  stop(): Promise<void>;
}

const ADDRESS = { host: '127.0.0.1', port: 0 } as const;
const LEAST_PARTITIONS = 4;

/**
 * The reference cluster in this process: the same gateways and workers, over queue, store, routing and bus in memory.
 * Nothing survives the process. A worker that fails throws.
 */
export async function startEmbeddedCluster(size: {
  readonly gateways: number;
  readonly workers: number;
  /** Default true. */
  readonly hops?: boolean;
}): Promise<EmbeddedCluster> {
  const partitions = Math.max(LEAST_PARTITIONS, size.workers);
  const queue = new MemoryQueue(partitions);
  const store = createMemoryStore();
  const routing = createMemoryRouting();
  const bus = createMemoryBus();
  const hops = size.hops ?? true;

  const workers = await startAll(size.workers, (index) => {
    const consumer = queue.openConsumer(PREFETCH_ENTRIES);
    return startWorker(
      { ...ADDRESS, index, workers: size.workers, partitions },
      { consumer, store, routing, bus },
      (reason) => {
        throw reason;
      },
    );
  });
  const gateways = await startAll(size.gateways, (index) =>
    startGateway(
      { ...ADDRESS, id: `g${index}`, hops },
      createWorkerPath({ id: `g${index}`, partitions, hops }, { publisher: queue.openPublisher(), routing, bus }),
    ),
  );
  const stats = await openStatsEndpoint(ADDRESS, () => ({ ...queue.depth(), deadLetters: queue.deadLetters.length }));

  return {
    endpoints: gateways.map(({ endpoint }) => endpoint),
    stats: stats.stats,
    async stop() {
      // Gateways first: what they have taken still passes through the workers.
      await Promise.all(gateways.map((gateway) => gateway.stop()));
      await Promise.all(workers.map((worker) => worker.stop()));
      await stats.close();
    },
  };
}

function startAll<Part>(count: number, start: (index: number) => Promise<Part>): Promise<Part[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => start(index)));
}
