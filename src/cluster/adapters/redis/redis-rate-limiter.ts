import type { Redis } from 'ioredis';
import type { RateLimit, RateLimiter } from '../../ports/rate-limiter.ts';

/**
 * Quotas in Redis, one key per user that vanishes with its window. Each decision is one script, and the time is Redis' own:
 * gateways with different clocks agree, and two messages of the same microsecond are two.
 *
 * The script goes along each time: called by its hash, one that Redis has forgotten in a restart needs a second try, which a
 * later message of the same user can overtake. It costs no more: the time goes into the script, not into its 800 characters.
 *
 * @param time Lua expression that yields {seconds, microseconds}; for tests
 */
export function createRedisRateLimiter(
  redis: Redis,
  { kind, limit, windowMs }: RateLimit,
  time = "redis.call('TIME')",
): RateLimiter {
  const script = readNow(time) + (kind === 'fixed' ? FIXED : SLIDING);
  return {
    async take(user) {
      const decision = await redis.eval(script, 1, `chat:rate:${kind}:${user}`, limit, windowMs * 1000);
      const [allowed, remaining, waitUs] = decision as [number, number, number];
      return { allowed: allowed === 1, remaining, retryAfterMs: Math.ceil(waitUs / 1000) };
    },
  };
}

/** KEYS: the user's. ARGV: limit, window in µs. Yields whether it is allowed, what remains, and µs until one is allowed. */
function readNow(time: string): string {
  return `
local time = ${time}
local now = time[1] * 1000000 + time[2]
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
`;
}

/** A hash of the window's start and of how many it has taken. */
const FIXED = `
local start = now - now % window
local held = redis.call('HMGET', KEYS[1], 'start', 'count')
local count = tonumber(held[1]) == start and tonumber(held[2]) or 0
if count >= limit then return {0, 0, start + window - now} end
redis.call('HSET', KEYS[1], 'start', string.format('%.0f', start), 'count', count + 1)
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
return {1, limit - count - 1, 0}`;

/**
 * A sorted set of what was taken, by its time. Its members are numbered, or messages of the same microsecond would be one;
 * the newest one has the highest number, since time never goes back here, whatever the clock does.
 */
const SLIDING = `
local newest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
if newest[2] then now = math.max(now, tonumber(newest[2])) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
local count = redis.call('ZCARD', KEYS[1])
if count >= limit then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return {0, 0, tonumber(oldest[2]) + window - now}
end
local number = newest[1] and tonumber(newest[1]) + 1 or 1
redis.call('ZADD', KEYS[1], string.format('%.0f', now), string.format('%016.0f', number))
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
return {1, limit - count - 1, 0}`;
