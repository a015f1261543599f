import type { Defect, Topology } from '../../choices.ts';
import { createMemoryAttempts } from '../adapters/memory/memory-attempts.ts';
import { createMemoryBus } from '../adapters/memory/memory-bus.ts';
import { MemoryChannelHub } from '../adapters/memory/memory-channel-hub.ts';
import { createMemoryFanoutBus } from '../adapters/memory/memory-fanout-bus.ts';
import { MemoryPeers } from '../adapters/memory/memory-peers.ts';
import { MemoryQueue } from '../adapters/memory/memory-queue.ts';
import { createMemoryRouting } from '../adapters/memory/memory-routing.ts';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import { plantInWorker } from '../defects/plant-defect.ts';
import type { StatsAddress } from '../metrics/stats-endpoint.ts';
import { createChannelPath } from '../paths/channel-path.ts';
import { createFanoutPath } from '../paths/fanout-path.ts';
import { createBroadcastRouting } from '../paths/static-routing.ts';
import { createWorkerPath } from '../paths/worker-path.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { MessageHistory, MessageStore } from '../ports/message-store.ts';
import { PARTITIONS } from '../ports/partitions.ts';
import { withDirectRooms } from '../ports/room-routing.ts';
import { PREFETCH_ENTRIES } from '../worker/batch-loop.ts';
import { startWorker } from '../worker/worker.ts';

/** Those that need no broker of their own. */
export type EmbeddableTopology = Exclude<Topology, 'stomp'>;

/** One topology in this process, over memory; its gateways are still to come. */
export interface EmbeddedTopology {
  readonly store: MessageStore & MessageHistory;
  /** For one gateway. */
  openPath(id: string): GatewayPath;
  /** HTTP addresses of the workers' figures. */
  readonly workerStats: readonly string[];
  /** Of its queue; null where it has none. */
  readonly depth: (() => { readonly ready: number; readonly inFlight: number; readonly deadLetters: number }) | null;
  /**
   * Takes a worker's messages from its hands, unacknowledged, and starts another in its place. What it was just storing is
   * stored and delivered all the same, as after a kill between the commit and the acknowledgement.
   */
  replaceWorker(index: number): Promise<void>;
  /** After the gateways. */
  stop(): Promise<void>;
}

/**
 * Starts what stands behind the gateways. A part that fails throws. `hops`: gateways take stamps. `defect`: of the workers. `address`:
 * where they listen, and who may ask them.
 */
export async function startEmbeddedTopology(
  topology: EmbeddableTopology,
  workers: number,
  hops = true,
  defect: Defect | null = null,
  address: StatsAddress = ADDRESS,
): Promise<EmbeddedTopology> {
  if (topology === 'pubsub' || topology === 'pattern') return startChannels(topology === 'pattern');
  return startQueue(topology === 'fanout', workers, hops, defect, address);
}

function startChannels(hearsAll: boolean): EmbeddedTopology {
  const hub = new MemoryChannelHub();
  const store = createMemoryStore();
  return {
    store,
    openPath: () => createChannelPath({ bus: hub.openBus(hearsAll), store }, raise),
    workerStats: [],
    replaceWorker: async () => {},
    depth: null,
    stop: async () => {},
  };
}

const ADDRESS = { host: '127.0.0.1', port: 0 } as const;

async function startQueue(
  broadcast: boolean,
  count: number,
  hops: boolean,
  defect: Defect | null,
  address: StatsAddress,
): Promise<EmbeddedTopology> {
  const queue = new MemoryQueue(PARTITIONS);
  const line = new MemoryPeers();
  const store = createMemoryStore();
  const attempts = createMemoryAttempts();
  const routing = broadcast ? createBroadcastRouting() : withDirectRooms(createMemoryRouting());
  const bus = broadcast ? createMemoryFanoutBus() : createMemoryBus();
  const startOne = async (index: number, port: number) => {
    const peers = line.open();
    const sound = { consumer: queue.openConsumer(PREFETCH_ENTRIES), store, attempts, routing, bus };
    const ports = await plantInWorker(defect, sound, () => queue.openPublisher());
    const options = { ...address, port, id: `worker-${index + 1}`, partitions: PARTITIONS, peers };
    return { consumer: ports.consumer, peers, worker: await startWorker(options, ports, raise) };
  };
  const running = await Promise.all(Array.from({ length: count }, (_, index) => startOne(index, 0)));
  return {
    store,
    openPath(id) {
      const ports = { publisher: queue.openPublisher(), routing, bus };
      return (broadcast ? createFanoutPath : createWorkerPath)({ id, partitions: PARTITIONS, hops }, ports);
    },
    workerStats: running.map(({ worker }) => worker.stats),
    async replaceWorker(index) {
      const old = running[index];
      if (old === undefined) throw new Error(`no worker ${index}`);
      await old.consumer.close();
      await old.worker.stop();
      old.peers.close();
      running[index] = await startOne(index, Number(new URL(old.worker.stats).port));
    },
    depth: () => ({ ...queue.depth(), deadLetters: queue.deadLetters.length }),
    stop: async () => void (await Promise.all(running.map(({ worker }) => worker.stop()))),
  };
}

function raise(reason: unknown): never {
  throw reason;
}
