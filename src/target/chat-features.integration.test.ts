import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatClient } from '../testing/chat-client.ts';
import { type ChatProcess, forkGateway, forkWorker } from '../testing/chat-processes.ts';
import { describeChatFeatures } from '../testing/contracts/chat-features-contract.ts';
import { type Services, startServices } from '../testing/services.ts';
import type { GatewayReady } from './gateway/gateway-config.ts';
import type { WorkerReady } from './worker/worker-config.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0, partitions: 4 } as const;

let services: Services;
let workers: ChatProcess<WorkerReady>[] = [];
const gateways: ChatProcess<GatewayReady>[] = [];

beforeAll(async () => {
  services = await startServices();
  const { amqpUrl, redisUrl, postgresUrl } = services;
  workers = await Promise.all(
    [0, 1].map((index) =>
      forkWorker({ ...LOOPBACK, id: `w${index}`, index, workers: 2, amqpUrl, redisUrl, postgresUrl }),
    ),
  );
});

afterAll(async () => {
  await Promise.all([...gateways, ...workers].map((process) => process.stop()));
  await services?.stop();
});

async function openGateways(settings: Partial<Parameters<typeof forkGateway>[0]>) {
  const { amqpUrl, redisUrl, postgresUrl } = services;
  const started = await Promise.all(
    ['a', 'b'].map((name) =>
      forkGateway({
        ...LOOPBACK,
        id: `g${gateways.length}-${name}`,
        amqpUrl,
        redisUrl,
        postgresUrl,
        ...settings,
      }),
    ),
  );
  gateways.push(...started);
  return { endpoints: started.map(({ ready }) => ready.endpoint) };
}

describeChatFeatures('worker on real brokers', () => openGateways({}));

test('a quota holds over two gateways', async () => {
  const { endpoints } = await openGateways({ rateLimit: { kind: 'sliding', limit: 50, windowMs: 600_000 } });
  const devices = await Promise.all(endpoints.map((endpoint, i) => ChatClient.connect(endpoint, 'many', `d${i}`)));
  await Promise.all(devices.map((device) => device.join('quota')));
  for (let n = 0; n < 40; n++) for (const [i, device] of devices.entries()) device.send(`q${i}-${n}`, 'quota');
  await expect
    .poll(() => devices.reduce((sum, { frames }) => sum + frames.items.filter(isAnswer).length, 0), { timeout: 20_000 })
    .toBe(80);
  expect(devices.reduce((sum, { acks }) => sum + acks.items.length, 0)).toBe(50);
  await Promise.all(devices.map((device) => device.close()));
});

function isAnswer({ t }: { readonly t: string }): boolean {
  return t === 'ack' || t === 'rate_limited';
}
