import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChatProcess, forkWorker } from '../testing/chat-processes.ts';
import { describeTopology, type TopologyUnderTest } from '../testing/contracts/topology-contract.ts';
import { type Services, startServices } from '../testing/services.ts';
import { queueOf } from './adapters/amqp-topology.ts';
import { openPostgresStore } from './adapters/postgres-store.ts';
import type { GatewayConfig } from './gateway/gateway-config.ts';
import { type OpenedPath, openPath } from './paths/open-path.ts';
import { hasWorkers, type QueueType, type Topology } from './topology.ts';
import type { WorkerReady } from './worker/worker-config.ts';

const PARTITIONS = 4;
const LOOPBACK = { host: '127.0.0.1', port: 0 } as const;

let services: Services;

beforeAll(async () => {
  services = await startServices({ stomp: true });
});

afterAll(() => services?.stop());

describeTopology('worker', () => open('worker'));
describeTopology('pubsub', () => open('pubsub'));
describeTopology('pattern', () => open('pattern'));
describeTopology('fanout', () => open('fanout'));
describeTopology('stomp', () => open('stomp'));
describeTopology('worker-quorum', async () => {
  await removeQueues();
  return open('worker', 'quorum');
});

test('a gateway says what its configuration lacks', async () => {
  const { amqpUrl: _, ...without } = configure('worker', 'classic', 'lonely');
  await expect(openPath(without, raise)).rejects.toThrow('topology worker: expected amqpUrl in the configuration');
});

/** Gateways' paths in this process, workers in two of their own, all over the same real brokers. */
async function open(topology: Topology, queueType: QueueType = 'classic'): Promise<TopologyUnderTest> {
  const store = await openPostgresStore(services.postgresUrl);
  const opened: OpenedPath[] = [];
  const workers: ChatProcess<WorkerReady>[] = [];
  if (hasWorkers(topology)) workers.push(...(await startWorkers(topology, queueType)));
  return {
    store,
    async openPath(id) {
      const path = await openPath(configure(topology, queueType, id), raise);
      opened.push(path);
      return path.path;
    },
    async stop() {
      await Promise.all(opened.map((path) => path.close()));
      await Promise.all(workers.map((worker) => worker.stop()));
      await store.close();
    },
  };
}

function startWorkers(topology: Topology, queueType: QueueType): Promise<ChatProcess<WorkerReady>[]> {
  const { amqpUrl, redisUrl, postgresUrl } = services;
  const shared = { ...LOOPBACK, topology, queueType, amqpUrl, redisUrl, postgresUrl, partitions: PARTITIONS };
  return Promise.all([0, 1].map((index) => forkWorker({ ...shared, id: `w${index}`, index, workers: 2 })));
}

function configure(topology: Topology, queueType: QueueType, id: string): GatewayConfig {
  const { amqpUrl, redisUrl, postgresUrl, stompUrl } = services;
  const urls = { amqpUrl, redisUrl, postgresUrl, stompUrl: stompUrl ?? undefined };
  return { ...LOOPBACK, ...urls, id, topology, queueType, partitions: PARTITIONS };
}

/** A queue cannot change its type. */
async function removeQueues(): Promise<void> {
  const connection = await connect(services.amqpUrl);
  const channel = await connection.createChannel();
  for (let partition = 0; partition < PARTITIONS; partition++) await channel.deleteQueue(queueOf(partition));
  await connection.close();
}

function raise(reason: unknown): never {
  throw reason;
}
