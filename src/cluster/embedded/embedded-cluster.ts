import type { Defect } from '../../choices.ts';
import type { TargetFaults } from '../../target-faults.ts';
import { createMemoryFeatures } from '../adapters/memory/memory-features.ts';
import { plantInPath, plantInRateLimit } from '../defects/plant-defect.ts';
import type { FeaturePorts } from '../gateway/features/feature-ports.ts';
import { startGateway } from '../gateway/gateway.ts';
import { openStatsEndpoint, type StatsAddress } from '../metrics/stats-endpoint.ts';
import type { RateLimit } from '../ports/rate-limiter.ts';
import { type EmbeddableTopology, startEmbeddedTopology } from './embedded-topology.ts';

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
  /**
   * Gateways and workers can be killed and restarted, by which another takes their place; nothing can stand still or be
   * disconnected alone. Neither ends without warning, because all share one process: a gateway hands over what it has taken
   * (1 s at most) and closes its connections with 1001, and what a worker was just storing is stored.
   */
  readonly faults: TargetFaults;
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
  /** Who may ask it what; default: any program of this machine, everything. */
  readonly access?: Omit<StatsAddress, 'host' | 'port'>;
  /** What it does wrong, on purpose; default null. */
  readonly defect?: Defect | null;
  /** Instead of those that the cluster has by itself. */
  readonly features?: Partial<FeaturePorts>;
}

const ADDRESS = { host: '127.0.0.1', port: 0 } as const;

/**
 * The reference cluster in this process: the same gateways, workers and paths, over queue, store, routing and bus in
 * memory. Nothing survives the process. A part that fails throws.
 */
export async function startEmbeddedCluster(options: EmbeddedClusterOptions): Promise<EmbeddedCluster> {
  const { topology: name = 'worker', gateways: count, workers, hops = true, defect = null } = options;
  const address = { ...ADDRESS, ...options.access };
  const topology = await startEmbeddedTopology(name, workers, hops, defect, address);
  const rateLimit = plantInRateLimit(defect, options.rateLimit ?? null);
  const features = { ...createMemoryFeatures(topology.store, rateLimit), ...options.features };
  const openGateway = (index: number, port: number) => {
    const id = `g${index}`;
    return startGateway({ ...address, port, id, hops }, plantInPath(defect, topology.openPath(id)), features);
  };
  const gateways = await Promise.all(Array.from({ length: count }, (_, index) => openGateway(index, 0)));
  /** On the same port, so that clients find it again. */
  const replaceGateway = async (index: number) => {
    const { endpoint, stop } = gateways[index]!;
    await stop();
    gateways[index] = await openGateway(index, Number(new URL(endpoint).port));
  };
  const { depth } = topology;
  const stats = depth === null ? null : await openStatsEndpoint(address, { readStats: depth });

  return {
    endpoints: gateways.map(({ endpoint }) => endpoint),
    gatewayStats: gateways.map((gateway) => gateway.stats),
    workerStats: topology.workerStats,
    stats: stats?.stats ?? null,
    faults: createFaults(
      nameAll('gateway', gateways.length, replaceGateway),
      nameAll('worker', topology.workerStats.length, topology.replaceWorker),
    ),
    async stop() {
      // Gateways first: what they have taken still passes through the workers.
      await Promise.all(gateways.map((gateway) => gateway.stop()));
      await topology.stop();
      await stats?.close();
    },
  };
}

type Replace = () => Promise<void>;

function nameAll(kind: string, count: number, replace: (index: number) => Promise<void>): [string, Replace][] {
  return Array.from({ length: count }, (_, index) => [`${kind}-${index + 1}`, () => replace(index)]);
}

/** In one process a part cannot be killed or stand still alone, but it can be replaced. */
function createFaults(...parts: readonly [string, Replace][][]): TargetFaults {
  const replaceable = new Map(parts.flat());
  const replace = async (component: string) => {
    const replaceIt = replaceable.get(component);
    if (replaceIt !== undefined) return replaceIt();
    throw new Error(`no such part in one process, expected one of ${[...replaceable.keys()].join(', ')}`);
  };
  const refuse = async () => {
    throw new Error('not possible to a part of one process; use target local');
  };
  return { kill: replace, restart: replace, pause: refuse, resume: refuse, disconnect: refuse };
}
