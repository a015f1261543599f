import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasWorkers, type QueueType, type Topology } from '../choices.ts';
import { type ChatFlowAudit, runChatFlow } from '../testing/chat-flow.ts';
import { type ChatProcess, forkWorker } from '../testing/chat-processes.ts';
import { describeTopology, type TopologyUnderTest } from '../testing/contracts/topology-contract.ts';
import { Inbox } from '../testing/inbox.ts';
import { type Services, startServices } from '../testing/services.ts';
import { openTcpProxy } from '../testing/tcp-proxy.ts';
import { openPostgresStore } from './adapters/postgres/postgres-store.ts';
import { listQueues } from './adapters/rabbitmq/amqp-topology.ts';
import { connectRedis, endRedis } from './adapters/redis/redis-link.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import type { GatewayConfig } from './gateway/gateway-config.ts';
import { type OpenedPath, openPath } from './paths/open-path.ts';
import type { WorkerReady } from './worker/worker-config.ts';

const PARTITIONS = 4;
const FLAWLESS = { lost: 0, misrouted: 0, echoed: 0, reordered: 0, roomsWithGaps: 0 } satisfies Partial<ChatFlowAudit>;
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

test('a worker that is killed loses and reorders nothing of a quorum queue', async () => {
  await removeQueues();
  const { workers, ...topology } = await open('worker', 'quorum');
  const gateways = await startGateways(topology);
  const audit = await runChatFlow({
    ...flow(gateways, 'quorum-kill'),
    before: new Map([[1_000, async () => void workers[0]!.child.kill('SIGKILL')]]),
  });
  expect(audit).toMatchObject({ ...FLAWLESS, acked: 3_000 });
  await stopAll(gateways, topology);
  await removeQueues();
});

test('workers tell how often they remembered where a room leads', async () => {
  const { workers, ...topology } = await open('worker');
  const gateways = await startGateways(topology);
  await runChatFlow({ ...flow(gateways, 'remembered'), messages: 300 });
  const counts = { routeCacheHits: 0, routeCacheMisses: 0, routeCacheBehind: 0 };
  for (const { ready } of workers) {
    const stats = (await (await fetch(ready.stats)).json()) as typeof counts;
    for (const name of ['routeCacheHits', 'routeCacheMisses', 'routeCacheBehind'] as const) counts[name] += stats[name];
  }
  expect(counts.routeCacheHits).toBeGreaterThan(0);
  expect(counts.routeCacheHits + counts.routeCacheMisses + counts.routeCacheBehind).toBe(300);
  await stopAll(gateways, topology);
});

test.each(['pubsub', 'pattern'] as const)('a Redis that forgets all of %s is told its numbers again', async (name) => {
  const topology = await open(name);
  const gateways = await startGateways(topology);
  const redis = await connectRedis(services.redisUrl, raise);
  const forget = async (): Promise<void> => void (await redis.flushall());
  const audit = await runChatFlow({
    ...flow(gateways, `${name}-forgets`),
    before: new Map([800, 1_600, 2_400].map((n) => [n, forget])),
  });
  expect(audit).toMatchObject({ ...FLAWLESS, acked: 3_000 });
  for (let room = 0; room < 6; room++) {
    const history = await topology.store.history(`${name}-forgets-room${room}`, 0, 1_000);
    expect(history.map(({ seq }) => seq)).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
  }
  await endRedis(redis);
  await stopAll(gateways, topology);
});

test('broken STOMP sessions lose nothing that was acknowledged, and rooms are subscribed to again', async () => {
  const topology = await open('stomp');
  const proxy = await openTcpProxy(Number(new URL(services.stompUrl!).port));
  const stompUrl = services.stompUrl!.replace(/:\d+\/ws$/, `:${proxy.port}/ws`);
  const opened = await openPath({ ...configure('stomp', 'classic', 'broken'), stompUrl }, raise);
  const [seen, accepted, restored] = [new Inbox<string>(), new Inbox<string>(), new Inbox<void>()];
  await opened.path.open(
    (channel, _, frame) => seen.push(`${channel} ${JSON.parse(frame.toString()).id}`),
    () => restored.push(),
  );
  await opened.path.join('broken');
  const send = (id: string) =>
    opened.path.send({ id, room: 'broken', from: 'ann', connection: 'x.0', at: '1', bodyJson: '"x"' }, () =>
      accepted.push(id),
    );
  const ids = Array.from({ length: 600 }, (_, n) => `m${n}`);
  const broken: number[] = [];
  for (const [n, id] of ids.entries()) {
    send(id);
    if (n % 20 === 0) await accepted.atLeast(n / 2);
    if (n !== 200 && n !== 400) continue;
    // Both sessions must be there to be broken: the first break left nothing above m200 accepted, so the publisher is back by then.
    await Promise.all([restored.atLeast(broken.length), accepted.atLeast(broken.length * 201)]);
    broken.push(proxy.breakAll());
  }
  await accepted.atLeast(600);
  expect(broken).toEqual([2, 2]);
  await expect.poll(async () => (await topology.store.history('broken', 0, 1_000)).length).toBe(600);
  const history = await topology.store.history('broken', 0, 1_000);
  expect(history.map(({ id, seq }) => `${id} ${seq}`)).toEqual(ids.map((id, n) => `${id} ${n + 1}`));
  await opened.path.join('after');
  opened.path.notify('broken', '{"id":"last"}', '');
  // Not as the newest: what the worker delivers again may come after it.
  await expect.poll(() => seen.items).toContain('broken last');
  await restored.atLeast(2);
  await opened.path.exit();
  await opened.close();
  await proxy.close();
  await topology.stop();
});

test('a gateway says what its configuration lacks', async () => {
  const { amqpUrl: _, ...without } = configure('worker', 'classic', 'lonely');
  await expect(openPath(without, raise)).rejects.toThrow('topology worker: expected amqpUrl in the configuration');
});

/** Gateways' paths in this process, workers in two of their own, all over the same real brokers. */
async function open(
  topology: Topology,
  queueType: QueueType = 'classic',
): Promise<TopologyUnderTest & { readonly workers: readonly ChatProcess<WorkerReady>[] }> {
  const store = await openPostgresStore(services.postgresUrl);
  const opened: OpenedPath[] = [];
  const workers: ChatProcess<WorkerReady>[] = [];
  if (hasWorkers(topology)) workers.push(...(await startWorkers(topology, queueType)));
  return {
    store,
    workers,
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
  return Promise.all([0, 1].map((index) => forkWorker({ ...shared, id: `w${index}` })));
}

function configure(topology: Topology, queueType: QueueType, id: string): GatewayConfig {
  const { amqpUrl, redisUrl, postgresUrl, stompUrl } = services;
  const urls = { amqpUrl, redisUrl, postgresUrl, stompUrl: stompUrl ?? undefined };
  return { ...LOOPBACK, ...urls, id, topology, queueType, partitions: PARTITIONS };
}

function startGateways(topology: TopologyUnderTest): Promise<Gateway[]> {
  return Promise.all(['g0', 'g1'].map(async (id) => startGateway({ ...LOOPBACK, id }, await topology.openPath(id))));
}

async function stopAll(gateways: readonly Gateway[], topology: TopologyUnderTest): Promise<void> {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await topology.stop();
}

function flow(gateways: readonly Gateway[], prefix: string) {
  const endpoints = gateways.map(({ endpoint }) => endpoint);
  return { endpoints, rooms: 6, clientsPerRoom: 4, messages: 3_000, window: 200, prefix };
}

/** A queue cannot change its type. */
async function removeQueues(): Promise<void> {
  const connection = await connect(services.amqpUrl);
  const channel = await connection.createChannel();
  for (const queue of listQueues(PARTITIONS)) await channel.deleteQueue(queue);
  await connection.close();
}

function raise(reason: unknown): never {
  throw reason;
}
