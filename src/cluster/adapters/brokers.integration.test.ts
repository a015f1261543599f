import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'amqplib';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeAttemptLog } from '../../testing/contracts/attempt-log-contract.ts';
import {
  describeDeviceCursors,
  describeSessions,
  describeUserPresence,
} from '../../testing/contracts/device-state-contracts.ts';
import { describeGatewayBus } from '../../testing/contracts/gateway-bus-contract.ts';
import { describeLock } from '../../testing/contracts/lock-contract.ts';
import { describeMessageHistory } from '../../testing/contracts/message-history-contract.ts';
import { CONTRACT_PARTITIONS, describeMessageQueue } from '../../testing/contracts/message-queue-contract.ts';
import { describeMessageStore } from '../../testing/contracts/message-store-contract.ts';
import { describeRateLimiter } from '../../testing/contracts/rate-limiter-contract.ts';
import { describeRoomActivity } from '../../testing/contracts/room-activity-contract.ts';
import { describeRoomRouting } from '../../testing/contracts/room-routing-contract.ts';
import { createRateLimitOracle, rateLimitCases } from '../../testing/rate-limit-oracle.ts';
import { type Services, startServices } from '../../testing/services.ts';
import type { GatewayBus } from '../ports/buses.ts';
import type { RoomRouting } from '../ports/room-routing.ts';
import { createCachedRouting } from '../worker/cached-routing.ts';
import { createPostgresHistory } from './postgres/postgres-history.ts';
import { openPostgresStore } from './postgres/postgres-store.ts';
import { openAmqpConsumer } from './rabbitmq/amqp-consumer.ts';
import { openAmqpPublisher } from './rabbitmq/amqp-publisher.ts';
import { DEAD_LETTERS } from './rabbitmq/amqp-topology.ts';
import { createRedisBus } from './redis/redis-bus.ts';
import { createRedisDeviceCursors } from './redis/redis-device-cursors.ts';
import { connectRedis, endRedis } from './redis/redis-link.ts';
import { createRedisLock, lockKeyOf } from './redis/redis-lock.ts';
import { createRedisRateLimiter } from './redis/redis-rate-limiter.ts';
import { createRedisRoomActivity } from './redis/redis-room-activity.ts';
import { createRedisRouteSource } from './redis/redis-route-source.ts';
import { createRedisRouting } from './redis/redis-routing.ts';
import { LEASES, LOOK_UP_KEYS, ROUTES, roomsOf } from './redis/redis-routing-scripts.ts';
import { createRedisSessions } from './redis/redis-sessions.ts';
import { createRedisUserPresence } from './redis/redis-user-presence.ts';

let services: Services;
let redis: Redis;
let store: Awaited<ReturnType<typeof openPostgresStore>>;
let history: ReturnType<typeof createPostgresHistory>;
let routing: RoomRouting;
let bus: GatewayBus;
const listeners: GatewayBus[] = [];

beforeAll(async () => {
  services = await startServices();
  redis = await connectRedis(services.redisUrl, raise);
  store = await openPostgresStore(services.postgresUrl);
  history = createPostgresHistory(services.postgresUrl);
  routing = createRedisRouting(redis);
  bus = createRedisBus(redis, null);
});

afterAll(async () => {
  await Promise.all([
    store?.close(),
    history?.close(),
    routing?.close(),
    ...listeners.map((listener) => listener.close()),
  ]);
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
describeAttemptLog('Postgres', () => store.attempts);
describeMessageHistory(
  'Postgres',
  () => history,
  () => store,
);
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
describeRoomActivity('Redis', () => createRedisRoomActivity(redis));
describeLock('Redis', () => createRedisLock(redis));
describeDeviceCursors('Redis', () => createRedisDeviceCursors(redis));
describeSessions(
  'Redis',
  () => createRedisSessions(redis),
  async (ms) => {
    for (const key of await redis.keys('chat:session:*')) {
      const leftMs = await redis.pttl(key);
      if (leftMs >= 0) await redis.pexpire(key, leftMs - ms);
    }
  },
);
describeUserPresence('Redis', (ttlMs) => createRedisUserPresence(redis, ttlMs));

/** So long that no key runs out while its test runs: Redis' own clock does not move with the test's. */
const LONG_WINDOWS_MS = [100_000, 3_600_000];

describe.each(['fixed', 'sliding'] as const)('the %s window in Redis', (kind) => {
  test('it decides as one that counts everything anew, at every edge', async () => {
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(rateLimitCases(kind, LONG_WINDOWS_MS), async ({ rateLimit, messages }) => {
        const prefix = `oracle-${kind}-${cases++}`;
        let nowUs = 1_700_000_000_000_000;
        const oracle = createRateLimitOracle(rateLimit);
        for (const { user, afterUs } of messages) {
          nowUs += afterUs;
          const time = `{${Math.floor(nowUs / 1e6)}, ${nowUs % 1e6}}`;
          const quota = await createRedisRateLimiter(redis, rateLimit, time).take(`${prefix}-${user}`);
          expect(quota).toEqual(oracle(user, nowUs));
        }
      }),
      { numRuns: 60 },
    );
  });
});

test('messages are counted in their order also while Redis learns a script that it has forgotten', async () => {
  const rateLimit = { kind: 'sliding', limit: 1, windowMs: 100_000 } as const;
  let script = '';
  const recorder = {
    eval: async (text: string) => {
      script = text;
      return [1, 0, 0];
    },
  } as unknown as Redis;
  await createRedisRateLimiter(recorder, rateLimit).take('nobody');
  const limiter = createRedisRateLimiter(redis, rateLimit);
  await redis.script('FLUSH');
  const first = limiter.take('in-order');
  // As another gateway does in between.
  const loaded = redis.script('LOAD', script);
  const second = limiter.take('in-order');
  expect([(await first).allowed, (await second).allowed]).toEqual([true, false]);
  await loaded;
});

describe('locks in Redis', () => {
  test('a lock outlives its time as long as its holder renews it', async () => {
    const held = await createRedisLock(redis).acquire('renewed', 500);
    await wait(1_200);
    expect(await createRedisLock(redis).acquire('renewed', 500)).toBeNull();
    expect(held!.lost.aborted).toBe(false);
    await held!.release();
  });

  test('a holder that has lost its lock is told, and does not take it from the next one', async () => {
    const lost = await createRedisLock(redis).acquire('lost', 300);
    await redis.set(lockKeyOf('lost'), 'of somebody else', 'PX', 60_000);
    await expect.poll(() => lost!.lost.aborted, { timeout: 5_000 }).toBe(true);
    await lost!.release();
    expect(await redis.get(lockKeyOf('lost'))).toBe('of somebody else');
  });
});

describe('routing that is remembered over Redis', () => {
  test('a join that has settled is seen by the next question, while everybody joins and leaves and notices are lost', async () => {
    const subscriber = await connectRedis(services.redisUrl, raise);
    const cached = await createCachedRouting(createRedisRouteSource(redis, subscriber));
    const presences = await Promise.all(['cache-a', 'cache-b'].map((gateway) => routing.enter(gateway)));
    const rooms = Array.from({ length: 20 }, (_, n) => `cached-${n}`);
    for (let round = 0; round < 60; round++) {
      if (round % 20 === 10) await redis.client('KILL', 'TYPE', 'PUBSUB');
      const [joined, left] = [presences[round % 2]!, presences[(round + 1) % 2]!];
      const others = rooms.map((room) => (round % 3 === 0 ? left.leave(room) : cached.gatewaysOf([room])));
      await Promise.all(rooms.map((room) => joined.join(room)));
      const name = ['cache-a', 'cache-b'][round % 2]!;
      for (const gateways of await cached.gatewaysOf(rooms)) expect(gateways).toContain(name);
      await Promise.all(others);
      expect(await cached.gatewaysOf(rooms)).toEqual(await routing.gatewaysOf(rooms));
    }
    await expect
      .poll(
        async () => {
          const { hits } = cached.counters;
          await cached.gatewaysOf(rooms);
          return cached.counters.hits - hits;
        },
        // Lost notices are given up on after a second.
        { timeout: 20_000 },
      )
      .toBe(rooms.length);
    await cached.close();
  });

  test('entries that Redis has lost are not remembered', async () => {
    const subscriber = await connectRedis(services.redisUrl, raise);
    const cached = await createCachedRouting(createRedisRouteSource(redis, subscriber));
    const presence = await routing.enter('cache-lost');
    await presence.join('lost-room');
    expect(await cached.gatewaysOf(['lost-room'])).toEqual([['cache-lost']]);
    await redis.del(...LOOK_UP_KEYS.slice(0, 2), roomsOf('cache-lost'));
    expect(await cached.gatewaysOf(['lost-room'])).toEqual([[]]);
    await presence.join('lost-room');
    expect(await cached.gatewaysOf(['lost-room'])).toEqual([['cache-lost']]);
    await cached.close();
  });
});

describe('leases in Redis', () => {
  const LEASE_MS = 300;

  test('a gateway that went silent is taken out by any other one', async () => {
    const short = createRedisRouting(redis, { leaseMs: LEASE_MS });
    const silent = createRedisRouting(redis, { leaseMs: LEASE_MS });
    await short.enter('lease-alive');
    const presence = await silent.enter('lease-silent');
    await presence.join('lease-room');
    await silent.close();
    await expect.poll(() => short.gatewaysOf(['lease-room']), { timeout: 10_000 }).toEqual([[]]);
    await short.close();
  });

  test('a gateway that was taken for dead and is not comes back with its rooms', async () => {
    const short = createRedisRouting(redis, { leaseMs: LEASE_MS });
    const presence = await short.enter('lease-paused');
    await presence.join('lease-kept');
    await redis.del(ROUTES, LEASES, roomsOf('lease-paused'));
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

test('workers that take a room from each other, in turn or at once, number it without gap or double number', async () => {
  const others = await Promise.all([openPostgresStore(services.postgresUrl), openPostgresStore(services.postgresUrl)]);
  const stores = [store, ...others];
  const numbers: number[] = [];
  for (let turn = 0; turn < 9; turn++) {
    numbers.push(...(await stores[turn % 3]!.append([chat(`turn-${turn}`), chat(`turn-${turn}-b`)])));
  }
  expect(numbers).toEqual(Array.from({ length: 18 }, (_, n) => n + 1));
  // A number that is remembered, but taken meanwhile, and an id that is known, in one batch.
  expect(await stores[0]!.append([chat('turn-8'), chat('new')])).toEqual([17, 19]);
  const atOnce = await Promise.all(
    stores.flatMap((each, s) => Array.from({ length: 5 }, (_, n) => each.append([chat(`once-${s}-${n}`)]))),
  );
  expect(atOnce.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, n) => n + 20));
  await Promise.all(others.map((other) => other.close()));

  function chat(id: string) {
    return { id, room: 'taken-over', from: 'ann', connection: 'c1', at: '1', bodyJson: '"text"' };
  }
});

test('tables can be created by several workers at once', async () => {
  const stores = await Promise.all(Array.from({ length: 6 }, () => openPostgresStore(services.postgresUrl)));
  await Promise.all(stores.map((other) => other.close()));
});

function raise(reason: unknown): never {
  throw reason;
}
