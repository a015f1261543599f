import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ChatClient } from '../testing/chat-client.ts';
import { type ChatFlowAudit, runChatFlow } from '../testing/chat-flow.ts';
import { type ChatProcess, forkGateway, forkWorker } from '../testing/chat-processes.ts';
import { type Services, startServices } from '../testing/services.ts';
import { openTcpProxy, type TcpProxy } from '../testing/tcp-proxy.ts';
import type { GatewayReady } from './gateway/gateway-config.ts';
import type { WorkerReady } from './worker/worker-config.ts';

const PARTITIONS = 4;
const LOOPBACK = { host: '127.0.0.1', port: 0 } as const;
const FLAWLESS = { lost: 0, misrouted: 0, echoed: 0, reordered: 0, roomsWithGaps: 0 } satisfies Partial<ChatFlowAudit>;

let services: Services;
/** Between the gateways and RabbitMQ. */
let proxy: TcpProxy;
let workers: ChatProcess<WorkerReady>[];
let gateways: ChatProcess<GatewayReady>[];
let endpoints: string[];

beforeAll(async () => {
  services = await startServices();
  proxy = await openTcpProxy(Number(new URL(services.amqpUrl).port));
});

afterAll(async () => {
  await proxy?.close();
  await services?.stop();
});

beforeEach(async () => {
  const { amqpUrl, redisUrl, postgresUrl } = services;
  const viaProxy = new URL(amqpUrl);
  viaProxy.port = String(proxy.port);
  const shared = { ...LOOPBACK, redisUrl, partitions: PARTITIONS };
  // All at once: whoever comes first declares queues and tables, the others must not stumble over it.
  [workers, gateways] = await Promise.all([
    Promise.all([0, 1].map((index) => forkWorker({ ...shared, id: `w${index}`, amqpUrl, postgresUrl }))),
    Promise.all([0, 1].map((index) => forkGateway({ ...shared, id: `g${index}`, amqpUrl: viaProxy.href }))),
  ]);
  endpoints = gateways.map(({ ready }) => ready.endpoint);
  // Who is ready first serves all partitions until the other has come.
  const countShares = () => Promise.all(workers.map(async ({ ready }) => (await readJson(ready.stats)).partitions));
  await expect.poll(countShares).toEqual([2, 2]);
});

afterEach(async () => {
  await Promise.all([...gateways, ...workers].map((process) => process.stop()));
});

test('nothing is lost, duplicated or reordered over two gateways and two workers, and all end cleanly', async () => {
  const audit = await runChatFlow({
    endpoints,
    rooms: 8,
    clientsPerRoom: 3,
    messages: 5_000,
    window: 300,
    prefix: 'calm',
  });
  expect(audit).toEqual({ ...FLAWLESS, acked: 5_000, duplicated: 0 });
  const stats = await Promise.all(workers.map(({ ready }) => readJson(ready.stats)));
  expect(stats.reduce((sum, { processed }) => sum + processed!, 0)).toBe(5_000);
  expect(stats.every(({ processed }) => processed! > 0)).toBe(true);
  expect(await Promise.all([...gateways, ...workers].map((process) => process.stop()))).toEqual([0, 0, 0, 0]);
});

test('a worker that is killed in the middle loses and reorders nothing', async () => {
  const [victim] = workers;
  const audit = await runChatFlow({
    endpoints,
    rooms: 8,
    clientsPerRoom: 3,
    messages: 5_000,
    window: 300,
    prefix: 'kill',
    before: new Map([
      [
        2_000,
        async () => {
          victim!.child.kill('SIGKILL');
        },
      ],
    ]),
  });
  expect(audit).toMatchObject({ ...FLAWLESS, acked: 5_000 });
});

test('broken AMQP connections of the gateways lose and reorder nothing that was acknowledged', async () => {
  const broken: number[] = [];
  const breakAll = async (): Promise<void> => {
    broken.push(proxy.breakAll());
  };
  const audit = await runChatFlow({
    endpoints,
    rooms: 8,
    clientsPerRoom: 3,
    messages: 5_000,
    window: 300,
    prefix: 'drop',
    before: new Map([1_000, 3_000].map((n) => [n, breakAll])),
  });
  expect(broken).toEqual([2, 2]);
  expect(audit).toMatchObject({ ...FLAWLESS, acked: 5_000 });
  const stats = await Promise.all(gateways.map(({ ready }) => readJson(ready.stats)));
  expect(stats.reduce((sum, { republished }) => sum + republished!, 0)).toBeGreaterThan(0);
});

test('a gateway that is killed leaves no routing entry behind for its successor of the same name', async () => {
  const [first, second] = gateways;
  const stranded = await ChatClient.connect(first!.ready.endpoint, 'stranded');
  await stranded.join('left-behind');
  first!.child.kill('SIGKILL');
  await stranded.closed();
  const { amqpUrl, redisUrl } = services;
  gateways[0] = await forkGateway({ ...LOOPBACK, id: 'g0', amqpUrl, redisUrl, partitions: PARTITIONS });
  const sender = await ChatClient.connect(second!.ready.endpoint, 'sender');
  const recipient = await ChatClient.connect(second!.ready.endpoint, 'recipient');
  await Promise.all([sender.join('left-behind'), recipient.join('left-behind')]);
  sender.send('m', 'left-behind');
  await recipient.messages.atLeast(1);
  const stats = await Promise.all(workers.map(({ ready }) => readJson(ready.stats)));
  expect(stats.map(({ unheard }) => unheard)).toEqual([0, 0]);
  await Promise.all([sender.close(), recipient.close()]);
});

test('a quota holds over two gateways', async () => {
  const { amqpUrl, redisUrl, postgresUrl } = services;
  const rateLimit = { kind: 'sliding', limit: 50, windowMs: 600_000 } as const;
  const limited = await Promise.all(
    ['l0', 'l1'].map((id) =>
      forkGateway({ ...LOOPBACK, id, amqpUrl, redisUrl, postgresUrl, partitions: PARTITIONS, rateLimit }),
    ),
  );
  gateways.push(...limited);
  const devices = await Promise.all(limited.map(({ ready }, i) => ChatClient.connect(ready.endpoint, 'many', `d${i}`)));
  await Promise.all(devices.map((device) => device.join('quota')));
  for (let n = 0; n < 40; n++) for (const [i, device] of devices.entries()) device.send(`q${i}-${n}`, 'quota');
  await expect
    .poll(() => devices.reduce((sum, { frames }) => sum + frames.items.filter(isAnswer).length, 0), { timeout: 20_000 })
    .toBe(80);
  expect(devices.reduce((sum, { acks }) => sum + acks.items.length, 0)).toBe(50);
  await Promise.all(devices.map((device) => device.close()));
});

test('a process that cannot reach what it needs ends with one line and status 1', async () => {
  const { amqpUrl, redisUrl } = services;
  const config = { ...LOOPBACK, id: 'lonely', partitions: PARTITIONS, startPatienceMs: 0 };
  const unreachable = 'redis://127.0.0.1:1';
  await expect(forkGateway({ ...config, amqpUrl, redisUrl: unreachable })).rejects.toThrow(
    /^exit 1: lonely: connect ECONNREFUSED 127\.0\.0\.1:1\n$/,
  );
  await expect(forkGateway({ ...config, amqpUrl: 'amqp://127.0.0.1:1', redisUrl })).rejects.toThrow(
    /^exit 1: lonely: connect ECONNREFUSED 127\.0\.0\.1:1\n$/,
  );
  await expect(forkGateway({ ...config, amqpUrl, redisUrl, port: -1 })).rejects.toThrow(
    /^exit 1: child: CHATBENCH_CONFIG: .*port\n$/,
  );
});

test('a process whose parent is gone ends at once', async () => {
  const [gateway] = gateways;
  const exited = new Promise((resolve) => gateway!.child.once('exit', resolve));
  gateway!.child.disconnect();
  await exited;
});

function isAnswer({ t }: { readonly t: string }): boolean {
  return t === 'ack' || t === 'rate_limited';
}

async function readJson(url: string): Promise<Record<string, number>> {
  const response = await fetch(url);
  return (await response.json()) as Record<string, number>;
}
