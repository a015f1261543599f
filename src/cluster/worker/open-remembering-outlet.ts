import { createRedisBus } from '../adapters/redis/redis-bus.ts';
import { connectRedis, endRedis } from '../adapters/redis/redis-link.ts';
import { createRedisLock } from '../adapters/redis/redis-lock.ts';
import { createRedisRoomActivity } from '../adapters/redis/redis-room-activity.ts';
import { createRedisRouteSource } from '../adapters/redis/redis-route-source.ts';
import { createRedisRouting } from '../adapters/redis/redis-routing.ts';
import { withDirectRooms } from '../ports/room-routing.ts';
import { createCachedRouting } from './cached-routing.ts';
import type { Outlet } from './outlet.ts';
import { recordActivity } from './record-activity.ts';
import { warmUp } from './warm-up.ts';

/** Most active rooms that a worker knows before its first message. */
const WARM_ROOMS = 1_000;

/**
 * Topology `worker`: Redis carries messages to gateways, and keeps where they are; the worker remembers that.
 *
 * @param fail Redis is gone for good
 */
export async function openRememberingOutlet(redisUrl: string, fail: (reason: unknown) => void): Promise<Outlet> {
  const [redis, subscriber] = await Promise.all([connectRedis(redisUrl, fail), connectRedis(redisUrl, fail)]);
  const cached = await createCachedRouting(createRedisRouteSource(redis, subscriber));
  const activity = createRedisRoomActivity(redis);
  const routing = recordActivity({ ...createRedisRouting(redis), ...cached }, activity);
  // Beside the first messages: they do not wait for it, and what is not warm is looked up.
  void warmUp(cached, activity, createRedisLock(redis), WARM_ROOMS).catch(() => {});
  return {
    routing: withDirectRooms(routing),
    bus: createRedisBus(redis, null),
    brokers: [{ name: 'redis', ping: () => redis.ping() }],
    gauges() {
      const { hits, misses, behind } = cached.counters;
      return { routeCacheHits: hits, routeCacheMisses: misses, routeCacheBehind: behind };
    },
    async close() {
      await routing.close();
      await endRedis(redis);
    },
  };
}
