import { Redis } from 'ioredis';
import { REDIS_RETRIES, redisRetryDelayMs } from '../../broker-patience.ts';
import { readRedisOptions } from './redis-address.ts';

/**
 * Connects. Commands wait while the connection is made anew. Rejects where the first attempt fails.
 *
 * @param onLost Redis could not be reached again for about a minute
 * @param retries how often that is tried; for tests
 */
export async function connectRedis(
  url: string,
  onLost: (reason: Error) => void,
  retries = REDIS_RETRIES,
): Promise<Redis> {
  let isLinked = false;
  const retryStrategy = (attempt: number) => (attempt > retries ? null : redisRetryDelayMs(attempt));
  const options = {
    ...readRedisOptions(url),
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy,
    sentinelRetryStrategy: (attempt: number) => (isLinked ? retryStrategy(attempt) : null),
  };
  const redis = options.sentinels == null ? new Redis(url, options) : new Redis(options);
  let lastError: Error = new Error('redis connection closed');
  redis.on('error', (error: Error) => {
    lastError = error;
  });
  try {
    await redis.connect();
    isLinked = true;
  } catch (error) {
    redis.disconnect();
    throw error instanceof Error && error.message === 'Connection is closed.' ? lastError : error;
  }
  // Also emitted after a deliberate end; `quit` takes the listener off first.
  redis.on('end', () => onLost(lastError));
  return redis;
}

/** Calls when the subscriptions of a connection hold again after an interruption. */
export function onResubscribed(subscriber: Redis, listener: () => void): void {
  // The library has subscribed again when it says that it is ready: what answers a later command comes after those answers.
  subscriber.on('ready', () => void subscriber.ping().then(listener, () => {}));
}

/** Ends after the replies to all commands sent so far; at once while the link is broken, and those that wait for it are never answered. */
export async function endRedis(redis: Redis): Promise<void> {
  redis.removeAllListeners('end');
  if (redis.status === 'ready') await redis.quit().catch(() => redis.disconnect());
  else redis.disconnect();
}
