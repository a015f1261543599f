import type { Redis } from 'ioredis';
import { HEARTBEAT_TTL_MS, type UserPresence } from '../../ports/devices.ts';
import { createScript } from './redis-script.ts';

/** Most users told at a time; the next call tells the others. */
const AT_A_TIME = 1_000;

/**
 * Presence in Redis, by its own clock: a sorted set of users by the time at which their last heartbeat runs out. Whichever
 * device it came from makes no difference, since every one of them moves that time on.
 */
export function createRedisUserPresence(redis: Redis, ttlMs = HEARTBEAT_TTL_MS): UserPresence {
  const [beat, isOnline, takeExpired] = [BEAT, IS_ONLINE, TAKE_EXPIRED].map((text) => createScript(redis, NOW + text));
  return {
    ttlMs,
    beat: async ({ user }) => (await beat!([KEY], [user, ttlMs])) === 1,
    isOnline: async (user) => (await isOnline!([KEY], [user])) === 1,
    takeExpired: async () => (await takeExpired!([KEY], [AT_A_TIME])) as string[],
  };
}

const KEY = 'chat:online';

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Who has run out and was not yet told comes as no news: the watchers still have them online. ARGV: user, life in ms. */
const BEAT = `return redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])`;

const IS_ONLINE = `
local untilMs = redis.call('ZSCORE', KEYS[1], ARGV[1])
return untilMs and tonumber(untilMs) > now and 1 or 0`;

/** ARGV: most users. */
const TAKE_EXPIRED = `
local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
if #expired > 0 then redis.call('ZREM', KEYS[1], unpack(expired)) end
return expired`;
