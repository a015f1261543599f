import { type EmbeddableTopology, type EmbeddedTopology, startEmbeddedTopology } from './embedded-topology.ts';
import { startGateway } from './gateway/gateway.ts';
import type { TargetFaults } from './running-target.ts';
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
  /** Only workers can be killed and restarted: the rest shares one process. */
  readonly faults: TargetFaults;
  stop(): Promise<void>;
}

export interface EmbeddedClusterOptions {
  /** Default `worker`. */
  readonly topology?: EmbeddableTopology;
  readonly gateways: number;
  /** Without meaning for a topology that has none. */
  readonly workers: number;
}

const ADDRESS = { host: '127.0.0.1', port: 0 } as const;

/**
 * The reference cluster in this process: the same gateways, workers and paths, over queue, store, routing and bus in
 * memory. Nothing survives the process. A part that fails throws.
 */
export async function startEmbeddedCluster(options: EmbeddedClusterOptions): Promise<EmbeddedCluster> {
  const { topology: name = 'worker', gateways: count, workers } = options;
  const topology = await startEmbeddedTopology(name, workers);
  const gateways = await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const id = `g${index}`;
      return startGateway({ ...ADDRESS, id }, topology.openPath(id));
    }),
  );
  const { depth } = topology;
  const stats = depth === null ? null : await openStatsEndpoint(ADDRESS, { readStats: depth });

  return {
    endpoints: gateways.map(({ endpoint }) => endpoint),
    gatewayStats: gateways.map((gateway) => gateway.stats),
    workerStats: topology.workerStats,
    stats: stats?.stats ?? null,
    faults: createFaults(topology, topology.workerStats.length),
    async stop() {
      // Gateways first: what they have taken still passes through the workers.
      await Promise.all(gateways.map((gateway) => gateway.stop()));
      await topology.stop();
      await stats?.close();
    },
  };
}

function createFaults(topology: EmbeddedTopology, workers: number): TargetFaults {
  const names = Array.from({ length: workers }, (_, index) => `worker-${index}`);
  const replace = async (component: string) => {
    if (names.includes(component)) return topology.replaceWorker(names.indexOf(component));
    const expected = names.length === 0 ? 'no part of this topology' : names.join(', ');
    throw new Error(`cannot be killed alone in one process, where ${expected} can`);
  };
  const refuse = async () => {
    throw new Error('cannot stand still alone in one process');
  };
  return { kill: replace, restart: replace, pause: refuse, resume: refuse };
}
