import { connect } from 'amqplib';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeGatewayBus } from '../../testing/contracts/gateway-bus-contract.ts';
import { CONTRACT_PARTITIONS, describeMessageQueue } from '../../testing/contracts/message-queue-contract.ts';
import { describeMessageStore } from '../../testing/contracts/message-store-contract.ts';
import { describeRoomRouting } from '../../testing/contracts/room-routing-contract.ts';
import { type Services, startServices } from '../../testing/services.ts';
import type { GatewayBus } from '../ports/gateway-bus.ts';
import type { MessageStore } from '../ports/message-store.ts';
import type { RoomRouting } from '../ports/room-routing.ts';
import { openAmqpConsumer } from './amqp-consumer.ts';
import { openAmqpPublisher } from './amqp-publisher.ts';
import { DEAD_LETTERS } from './amqp-topology.ts';
import { openPostgresStore } from './postgres-store.ts';
import { createRedisBus } from './redis-bus.ts';
import { connectRedis, endRedis } from './redis-link.ts';
import { createRedisRouting } from './redis-routing.ts';

let services: Services;
let redis: Redis;
let store: MessageStore;
let routing: RoomRouting;
let bus: GatewayBus;
const listeners: GatewayBus[] = [];

beforeAll(async () => {
  services = await startServices();
  redis = await connectRedis(services.redisUrl, raise);
  store = await openPostgresStore(services.postgresUrl);
  routing = createRedisRouting(redis);
  bus = createRedisBus(redis, null);
});

afterAll(async () => {
  await Promise.all([store?.close(), routing?.close(), ...listeners.map((listener) => listener.close())]);
  if (redis !== undefined) await endRedis(redis);
  await services?.stop();
});

describeMessageQueue('RabbitMQ', () => {
  const shared = { url: services.amqpUrl, partitions: CONTRACT_PARTITIONS, onLost: raise };
  return {
    openPublisher: () => openAmqpPublisher(shared),
    openConsumer: (prefetch) => openAmqpConsumer({ ...shared, prefetch }),
    async countDeadLetters() {
      const connection = await connect(services.amqpUrl);
      const channel = await connection.createChannel();
      const { messageCount } = await channel.checkQueue(DEAD_LETTERS);
      await connection.close();
      return messageCount;
    },
  };
});
describeMessageStore('Postgres', () => store);
describeRoomRouting('Redis', () => routing);
describeGatewayBus(
  'Redis',
  () => bus,
  async () => {
    const listener = createRedisBus(redis, await connectRedis(services.redisUrl, raise));
    listeners.push(listener);
    return listener;
  },
);

describe('leases in Redis', () => {
  const LEASE_MS = 300;

  test('a gateway that went silent is taken out by any other one', async () => {
    const short = createRedisRouting(redis, LEASE_MS);
    const silent = createRedisRouting(redis, LEASE_MS);
    await short.enter('lease-alive');
    const presence = await silent.enter('lease-silent');
    await presence.join('lease-room');
    await silent.close();
    await expect.poll(() => short.gatewaysOf(['lease-room']), { timeout: 10_000 }).toEqual([[]]);
    await short.close();
  });

  test('a gateway that was taken for dead and is not comes back with its rooms', async () => {
    const short = createRedisRouting(redis, LEASE_MS);
    const presence = await short.enter('lease-paused');
    await presence.join('lease-kept');
    await redis.del('chat:routes', 'chat:leases', 'chat:rooms-of:lease-paused');
    await expect.poll(() => short.gatewaysOf(['lease-kept']), { timeout: 10_000 }).toEqual([['lease-paused']]);
    await short.close();
  });
});

test('a message that no queue takes is found among the dead letters', async () => {
  const connection = await connect(services.amqpUrl);
  const channel = await connection.createChannel();
  const { messageCount } = await channel.checkQueue(DEAD_LETTERS);
  await channel.deleteQueue('chat.p7');
  const publisher = await openAmqpPublisher({ url: services.amqpUrl, partitions: 7, onLost: raise });
  channel.publish('chat', 'chat.p7', Buffer.from('lost?'));
  await expect.poll(async () => (await channel.checkQueue(DEAD_LETTERS)).messageCount).toBe(messageCount + 1);
  await publisher.close();
  await connection.close();
});

test('tables can be created by several workers at once', async () => {
  const stores = await Promise.all(Array.from({ length: 6 }, () => openPostgresStore(services.postgresUrl)));
  await Promise.all(stores.map((other) => other.close()));
});

function raise(reason: unknown): never {
  throw reason;
}
