import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** Yields a function that runs a script in one atomic step, by its digest; a server that does not know it is sent the text. */
export function createRedisScript(
  redis: Redis,
  text: string,
): (args: readonly (string | number)[], keys?: readonly string[]) => Promise<unknown> {
  const digest = createHash('sha1').update(text).digest('hex');
  return async (args, keys = []) => {
    try {
      return await redis.evalsha(digest, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(text, keys.length, ...keys, ...args);
    }
  };
}
