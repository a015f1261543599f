import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'amqplib';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeGatewayBus } from '../../testing/contracts/gateway-bus-contract.ts';
import { describeLock } from '../../testing/contracts/lock-contract.ts';
import { CONTRACT_PARTITIONS, describeMessageQueue } from '../../testing/contracts/message-queue-contract.ts';
import { describeMessageStore } from '../../testing/contracts/message-store-contract.ts';
import { describeRateLimiter } from '../../testing/contracts/rate-limiter-contract.ts';
import { describeRoomRouting } from '../../testing/contracts/room-routing-contract.ts';
import { createRateLimitOracle, rateLimitCases } from '../../testing/rate-limit-oracle.ts';
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
import { createRedisLock } from './redis-lock.ts';
import { createRedisRateLimiter } from './redis-rate-limiter.ts';
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

describeRateLimiter('Redis', (rateLimit) => createRedisRateLimiter(redis, rateLimit));
describeLock('Redis', () => createRedisLock(redis));

describe.each(['fixed', 'sliding'] as const)('the %s window in Redis', (kind) => {
  test('it decides as one that counts everything anew, at every edge', async () => {
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(rateLimitCases(kind), async ({ rateLimit, messages }) => {
        const prefix = `oracle-${kind}-${cases++}`;
        let nowUs = 1_700_000_000_000_000;
        const oracle = createRateLimitOracle(rateLimit);
        for (const { user, afterUs } of messages) {
          nowUs += afterUs;
          // Nothing runs out in Redis meanwhile: its own clock has hardly moved.
          const time = `{${Math.floor(nowUs / 1e6)}, ${nowUs % 1e6}}`;
          const scaled = { ...rateLimit, windowMs: rateLimit.windowMs };
          const quota = await createRedisRateLimiter(redis, scaled, time).take(`${prefix}-${user}`);
          expect(quota).toEqual(oracle(user, nowUs));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('locks in Redis', () => {
  test('a lock outlives its time as long as its holder renews it', async () => {
    const held = await createRedisLock(redis).acquire('renewed', 60);
    await wait(200);
    expect(await createRedisLock(redis).acquire('renewed', 60)).toBeNull();
    expect(held!.lost.aborted).toBe(false);
    await held!.release();
  });

  test('a holder that has lost its lock is told, and does not take it from the next one', async () => {
    const lost = await createRedisLock(redis).acquire('lost', 300);
    await redis.set('chat:lock:lost', 'of somebody else', 'PX', 60_000);
    await expect.poll(() => lost!.lost.aborted, { timeout: 5_000 }).toBe(true);
    await lost!.release();
    expect(await redis.get('chat:lock:lost')).toBe('of somebody else');
  });
});

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
