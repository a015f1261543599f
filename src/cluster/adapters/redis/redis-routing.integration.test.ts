import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LoneRedis, startLoneRedis } from '../../../testing/services.ts';
import { createRedisBus } from './redis-bus.ts';
import { connectRedis, endRedis } from './redis-link.ts';
import { createRedisRouteSource } from './redis-route-source.ts';
import { createRedisRouting } from './redis-routing.ts';
import { ROUTES } from './redis-routing-scripts.ts';

let server: LoneRedis;
let links: Redis[];

beforeEach(async () => {
  server = await startLoneRedis();
  links = [];
});

afterEach(async () => {
  await Promise.all(links.map(endRedis));
  await server.stop();
});

async function connect(): Promise<Redis> {
  const redis = await connectRedis(server.url, raise);
  links.push(redis);
  return redis;
}

/** A gateway as it is in the topology `worker`. */
async function enterGateway(id: string, rooms: readonly string[]) {
  const [redis, subscriber] = [await connect(), await connect()];
  const routing = createRedisRouting(redis, { hears: () => subscriber.ping() });
  const bus = createRedisBus(redis, subscriber);
  const heard: string[] = [];
  const presence = await routing.enter(id);
  await bus.subscribe(id, (payload) => heard.push(payload.toString()));
  await Promise.all(rooms.map((room) => presence.join(room)));
  return { redis, routing, presence, heard };
}

async function openWorkerSide(wholeWithinMs?: number) {
  const [redis, subscriber] = [await connect(), await connect()];
  const source = createRedisRouteSource(redis, subscriber, wholeWithinMs);
  await source.watch({ changed() {}, interrupted() {} });
  return { source, bus: createRedisBus(redis, null) };
}

const MANY = 150_000;

test('a gateway with 150,000 rooms is found again after Redis has lost everything, and says meanwhile that it is not', async () => {
  const rooms = Array.from({ length: MANY }, (_, n) => `room-${n}`);
  const { redis, routing, presence } = await enterGateway('g0', rooms);
  // As long as a busy machine takes to bring back all that there is.
  const { source } = await openWorkerSide(60_000);
  await source.lookUp(['room-0']);
  expect(presence.isRegistered).toBe(true);
  await redis.flushall();
  await expect.poll(() => presence.isRegistered, { interval: 5 }).toBe(false);
  // Of the last rooms, too, and not before all are in.
  expect((await source.lookUp(['room-0', `room-${MANY - 1}`])).routes).toEqual([['g0'], ['g0']]);
  await expect.poll(() => presence.isRegistered).toBe(true);
  expect(await redis.hlen(ROUTES)).toBe(MANY);
  const stoppedAt = performance.now();
  await presence.exit();
  expect(await redis.hlen(ROUTES)).toBe(0);
  // So many at a time that others get their turn.
  const slowest = (await redis.call('SLOWLOG', 'GET', 10)) as [number, number, number][];
  expect(Math.max(0, ...slowest.map(([, , us]) => us))).toBeLessThan(500_000);
  expect(performance.now() - stoppedAt).toBeLessThan(30_000);
  await routing.close();
});

test('a registration that breaks off in the middle is begun again until it is done', async () => {
  const rooms = Array.from({ length: 20_000 }, (_, n) => `room-${n}`);
  const { redis, routing, presence } = await enterGateway('g0', rooms);
  const killer = await connect();
  for (let round = 0; round < 3; round++) {
    await killer.flushall();
    await expect.poll(() => presence.isRegistered, { interval: 1 }).toBe(false);
    await killer.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  }
  await expect.poll(() => presence.isRegistered).toBe(true);
  expect(await redis.hlen(ROUTES)).toBe(rooms.length);
  await routing.close();
});

test('rooms that are joined and left while a gateway registers again are as the last call says', async () => {
  const rooms = Array.from({ length: 5_000 }, (_, n) => `room-${n}`);
  const { redis, routing, presence } = await enterGateway('g0', rooms);
  await redis.flushall();
  await expect.poll(() => presence.isRegistered, { interval: 1 }).toBe(false);
  await Promise.all([
    ...rooms.filter((_, n) => n % 2 === 0).map((room) => presence.leave(room)),
    presence.join('new'),
    presence.leave('room-1').then(() => presence.join('room-1')),
  ]);
  await expect.poll(() => presence.isRegistered).toBe(true);
  const held = await routing.gatewaysOf([...rooms, 'new']);
  expect(held.map((gateways) => gateways.length)).toEqual([...rooms.map((_, n) => n % 2), 1]);
  await routing.close();
});

test('what a worker publishes while Redis is started again is heard, but for what was on its way when it ended', async () => {
  const gateways = await Promise.all([enterGateway('g0', ['r']), enterGateway('g1', ['r'])]);
  const { source, bus } = await openWorkerSide();
  let sent = 0;
  let isOver = false;
  const publishing = (async () => {
    for (; !isOver; sent++) {
      const { routes } = await source.lookUp(['r']);
      await bus.publish((routes[0] ?? []).map((gateway) => ({ gateway, payload: `${sent}` })));
      await wait(2);
    }
  })();
  await wait(300);
  await server.restart();
  const restartedAt = sent;
  await wait(500);
  await expect.poll(() => sent - restartedAt).toBeGreaterThan(20);
  isOver = true;
  await publishing;
  for (const { heard, routing } of gateways) {
    const missing = Array.from({ length: sent }, (_, n) => `${n}`).filter((text) => !heard.includes(text));
    expect(missing.length).toBeLessThanOrEqual(2);
    await routing.close();
  }
});

test('a gateway that does not come back after a loss is not waited for without end', async () => {
  const [alive, dead] = await Promise.all([enterGateway('g0', ['r']), enterGateway('g1', ['r'])]);
  const { source } = await openWorkerSide();
  expect((await source.lookUp(['r'])).routes[0]).toHaveLength(2);
  await dead.routing.close();
  await alive.redis.flushall();
  expect((await source.lookUp(['r'])).routes).toEqual([['g0']]);
  const askedAt = performance.now();
  await source.lookUp(['r']);
  expect(performance.now() - askedAt).toBeLessThan(4_000);
  await alive.routing.close();
});

function raise(reason: unknown): never {
  throw reason;
}
