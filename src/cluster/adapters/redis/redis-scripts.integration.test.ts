import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoneRedis, startLoneRedis } from '../../../testing/services.ts';
import { createRedisChannelBus } from './redis-channel-bus.ts';
import { NAME_PER_CHANNEL } from './redis-channel-names.ts';
import { createRedisDeviceCursors } from './redis-device-cursors.ts';
import { connectRedis, endRedis } from './redis-link.ts';
import { createRedisLock } from './redis-lock.ts';
import { createRedisRateLimiter } from './redis-rate-limiter.ts';
import { createRedisRoomActivity } from './redis-room-activity.ts';
import { createRedisRouteSource } from './redis-route-source.ts';
import { createRedisRouting } from './redis-routing.ts';
import { createRedisSessions } from './redis-sessions.ts';
import { createRedisUserPresence } from './redis-user-presence.ts';

let server: LoneRedis;
const links: Redis[] = [];

beforeAll(async () => {
  server = await startLoneRedis();
});

afterAll(async () => {
  await Promise.all(links.map(endRedis));
  await server?.stop();
});

async function connect(): Promise<Redis> {
  const redis = await connectRedis(server.url, raise);
  links.push(redis);
  return redis;
}

/** A script that was called, with the keys that it was given. */
interface Call {
  readonly script: string;
  readonly keys: readonly string[];
  readonly commands: (readonly string[])[];
}

/** All scripts that Redis executes, each with the commands that it calls, as Redis tells them itself. */
async function watchScripts() {
  const monitor = await (await connect()).monitor();
  const calls: Call[] = [];
  monitor.on('monitor', (_time: string, command: string[], source: string) => {
    if (source === 'lua') calls.at(-1)!.commands.push(command);
    else if (/^eval(sha)?$/i.test(command[0]!)) {
      const [, script = '', count, ...rest] = command;
      calls.push({ script, keys: rest.slice(0, Number(count)), commands: [] });
    }
  });
  return { calls, end: () => monitor.disconnect() };
}

/** Calls every script there is. */
async function useEverything(redis: Redis): Promise<void> {
  const routing = createRedisRouting(redis, { leaseMs: 200 });
  const dead = createRedisRouting(redis, { leaseMs: 200 });
  await (await dead.enter('dead')).join('r1');
  await dead.close();
  const presence = await routing.enter('g0');
  await Promise.all(['r1', 'r2', 'r3'].map((room) => presence.join(room)));
  await presence.leave('r2');
  const source = createRedisRouteSource(redis, await connect());
  // Until the dead one was ended by the other, and then until the other registers anew.
  await expect.poll(async () => (await source.lookUp(['r1'])).routes).toEqual([['g0']]);
  await redis.flushdb();
  await expect.poll(() => routing.gatewaysOf(['r1', 'r3'])).toEqual([['g0'], ['g0']]);
  await expect.poll(() => presence.isRegistered).toBe(true);
  await presence.exit();

  const bus = createRedisChannelBus(redis, await connect(), NAME_PER_CHANNEL);
  const message = (id: string, room: string) => ({ id, room, exceptConnection: 'c', head: '{', tail: '}' });
  const known = { lastSeq: 0, forgotten: ['z'], known: [{ id: 'y', seq: 1 }] };
  await bus.recall(['a', 'b{x}'].map((room) => ({ room, ...known, lastSeq: 1 })));
  // Up to where a room's numbers begin a new key.
  for (let n = 0; n < 1_100; n += 100) {
    const batch = Array.from({ length: 100 }, (_, i) => message(`m${n + i}`, i % 9 === 0 ? 'b{x}' : 'a'));
    expect(await bus.publish(batch)).not.toContain(0);
  }

  const held = await createRedisLock(redis).acquire('lock', 30);
  await new Promise((resolve) => setTimeout(resolve, 40));
  await held?.release();
  const activity = createRedisRoomActivity(redis);
  await activity.note(new Map([['r1', 2]]));
  await activity.fade(1);
  const device = { user: 'ann', device: 'phone' };
  await createRedisDeviceCursors(redis).advance(device, new Map([['r1', 5]]));
  const sessions = createRedisSessions(redis);
  await sessions.join(await sessions.open(device), { room: 'r1', notices: true });
  const users = createRedisUserPresence(redis, 1);
  await users.beat(device);
  await users.isOnline('ann');
  await expect.poll(() => users.takeExpired()).toEqual(['ann']);
  for (const kind of ['fixed', 'sliding'] as const) {
    const limiter = createRedisRateLimiter(redis, { kind, limit: 1, windowMs: 10_000 });
    await limiter.take('ann');
    await limiter.take('ann');
  }
}

test('scripts touch the keys that they are called with and no others, which are of one slot of a cluster', async () => {
  const redis = await connect();
  const { calls, end } = await watchScripts();
  await useEverything(redis);
  end();
  const touched = new Set<string>();
  for (const { script, keys, commands } of calls) {
    expect(keys.length, script).toBeGreaterThan(0);
    expect(new Set(keys.map(tagOf)).size, `${script}: ${keys}`).toBe(1);
    for (const command of commands) {
      for (const key of await keysOf(redis, command)) {
        touched.add(key);
        expect(keys, `${script}: ${command.join(' ')}`).toContain(key);
      }
    }
  }
  // Else nothing was seen.
  expect(touched.size).toBeGreaterThan(15);
});

/** What a cluster chooses a key's slot by: what stands between the first `{` and the next `}`, or all of it. */
function tagOf(key: string): string {
  return /^[^{]*\{([^}]+)\}/.exec(key)?.[1] ?? key;
}

/** As Redis reads the command itself, which it is only asked of one with arguments. */
async function keysOf(redis: Redis, command: readonly string[]): Promise<readonly string[]> {
  if (command.length === 1) return [];
  try {
    return (await redis.call('COMMAND', 'GETKEYS', ...command)) as string[];
  } catch (error) {
    if (/no key arguments/.test((error as Error).message)) return [];
    throw error;
  }
}

function raise(reason: unknown): never {
  throw reason;
}
