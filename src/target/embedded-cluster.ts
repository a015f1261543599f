import { createMemoryFeatures } from './adapters/memory-features.ts';
import { type EmbeddableTopology, startEmbeddedTopology } from './embedded-topology.ts';
import type { FeaturePorts } from './gateway/features/feature-ports.ts';
import { startGateway } from './gateway/gateway.ts';
import type { RateLimit } from './ports/rate-limiter.ts';
import { openStatsEndpoint } from './stats-endpoint.ts';

export interface EmbeddedCluster {
  /** WebSocket addresses, one per gateway. */
  readonly endpoints: readonly string[];
  /** HTTP addresses of the gateways' figures. */
  readonly gatewayStats: readonly string[];
  /** Likewise of the workers; empty where the topology has none. */
  readonly workerStats: readonly string[];
  /**
   * HTTP address that answers `{"ready": number, "inFlight": number, "deadLetters": number}` of the queue; null for a
   * topology without one.
   */
  readonly stats: string | null;
  stop(): Promise<void>;
}

export interface EmbeddedClusterOptions {
  /** Default `worker`. */
  readonly topology?: EmbeddableTopology;
  readonly gateways: number;
  /** Without meaning for a topology that has none. */
  readonly workers: number;
  /** Take stamps of where messages spend their time. Default true. */
  readonly hops?: boolean;
  /** What each user may send; default null: nobody is limited. */
  readonly rateLimit?: RateLimit | null;
  /** Instead of those that the cluster has by itself. */
  readonly features?: Partial<FeaturePorts>;
}

const ADDRESS = { host: '127.0.0.1', port: 0 } as const;

/**
 * The reference cluster in this process: the same gateways, workers and paths, over queue, store, routing and bus in
 * memory. Nothing survives the process. A part that fails throws.
 */
export async function startEmbeddedCluster(options: EmbeddedClusterOptions): Promise<EmbeddedCluster> {
  const { topology: name = 'worker', gateways: count, workers, hops = true } = options;
  const topology = await startEmbeddedTopology(name, workers, hops);
  const features = { ...createMemoryFeatures(topology.store, options.rateLimit ?? null), ...options.features };
  const gateways = await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const id = `g${index}`;
      return startGateway({ ...ADDRESS, id, hops }, topology.openPath(id), features);
    }),
  );
  const { depth } = topology;
  const stats = depth === null ? null : await openStatsEndpoint(ADDRESS, { readStats: depth });

  return {
    endpoints: gateways.map(({ endpoint }) => endpoint),
    gatewayStats: gateways.map((gateway) => gateway.stats),
    workerStats: topology.workerStats,
    stats: stats?.stats ?? null,
    async stop() {
      // Gateways first: what they have taken still passes through the workers.
      await Promise.all(gateways.map((gateway) => gateway.stop()));
      await topology.stop();
      await stats?.close();
    },
  };
}
