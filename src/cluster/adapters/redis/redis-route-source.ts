import type { Redis } from 'ioredis';
import type { RouteSource } from '../../ports/room-routing.ts';
import { endRedis } from './redis-link.ts';
import { createRouteSplitter } from './redis-route-splitter.ts';
import { LOOK_UP, ROUTES_CHANGED } from './redis-routing-scripts.ts';
import { createScript } from './redis-script.ts';

/**
 * The routing entries of `createRedisRouting`, with their changes.
 *
 * @param redis      for commands; stays open
 * @param subscriber a connection of its own, ended by `close`; it subscribes again by itself after an interruption
 */
export function createRedisRouteSource(redis: Redis, subscriber: Redis): RouteSource {
  const split = createRouteSplitter();
  const lookUp = createScript(redis, LOOK_UP);
  return {
    async lookUp(rooms) {
      if (rooms.length === 0) return { epoch: Number(await redis.get('chat:routes:epoch')), routes: [] };
      const answer = (await lookUp([], rooms)) as (string | null)[];
      return { epoch: Number(answer[rooms.length]), routes: answer.slice(0, rooms.length).map(split) };
    },
    async watch({ changed, interrupted }) {
      subscriber.on('message', (channel: string, text: string) => {
        if (channel !== ROUTES_CHANGED) return;
        const blank = text.indexOf(' ');
        changed(Number(text.slice(0, blank)), text.slice(blank + 1));
      });
      subscriber.on('close', interrupted);
      await subscriber.subscribe(ROUTES_CHANGED);
    },
    close: () => endRedis(subscriber),
  };
}
