import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { RouteSource } from '../../ports/room-routing.ts';
import { endRedis } from './redis-link.ts';
import { createRouteSplitter } from './redis-route-splitter.ts';
import { LOOK_UP, LOOK_UP_KEYS, ROUTES_CHANGED } from './redis-routing-scripts.ts';
import { createScript } from './redis-script.ts';

/** How long a Redis that has lost everything is given until all gateways are there again that were there before, ms. */
const WHOLE_WITHIN_MS = 5_000;
const ASK_EVERY_MS = 5;

/** Who was there, of a Redis that has kept what it had. */
interface Era {
  readonly born: string | null;
  readonly gateways: readonly string[];
}

/**
 * The routing entries of `createRedisRouting`, with their changes. An answer of a Redis that has lost all entries waits for the
 * gateways to bring theirs again: until then nobody would be pushed what the answer is for.
 *
 * @param redis      for commands; stays open
 * @param subscriber a connection of its own, ended by `close`; it subscribes again by itself after an interruption
 */
export function createRedisRouteSource(
  redis: Redis,
  subscriber: Redis,
  wholeWithinMs: number = WHOLE_WITHIN_MS,
): RouteSource {
  const split = createRouteSplitter();
  const lookUp = createScript(redis, LOOK_UP);
  let era: Era | null = null;

  async function ask(rooms: readonly string[]) {
    const answer =
      rooms.length === 0
        ? await redis.mget(...LOOK_UP_KEYS.slice(1))
        : ((await lookUp(LOOK_UP_KEYS, rooms)) as (string | null)[]);
    const [epoch, born, gateways] = answer.slice(rooms.length);
    const routes = answer.slice(0, rooms.length).map(split);
    const now: Era = { born: born ?? null, gateways: split(gateways ?? null) };
    return { epoch: Number(epoch), routes, now };
  }

  return {
    async lookUp(rooms) {
      let answer = await ask(rooms);
      for (const until = performance.now() + wholeWithinMs; isLacking(era, answer.now); answer = await ask(rooms)) {
        if (performance.now() > until) break;
        await wait(ASK_EVERY_MS);
      }
      era = answer.now;
      return answer;
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

/** Whether everything was lost, and a gateway of before is not whole again. */
function isLacking(before: Era | null, now: Era): boolean {
  if (before === null || before.born === null || before.born === now.born) return false;
  return before.gateways.some((gateway) => !now.gateways.includes(gateway));
}
