import { createPostgresHistory } from '../../adapters/postgres/postgres-history.ts';
import { createRedisDeviceCursors } from '../../adapters/redis/redis-device-cursors.ts';
import { connectRedis, endRedis } from '../../adapters/redis/redis-link.ts';
import { createRedisRateLimiter } from '../../adapters/redis/redis-rate-limiter.ts';
import { createRedisSessions } from '../../adapters/redis/redis-sessions.ts';
import { createRedisUserPresence } from '../../adapters/redis/redis-user-presence.ts';
import type { MessageHistory } from '../../ports/message-store.ts';
import type { GatewayConfig } from '../gateway-config.ts';
import type { FeaturePorts } from './feature-ports.ts';

export interface OpenedFeatures {
  readonly ports: FeaturePorts;
  /** Ends their links, after the gateway has stopped. */
  close(): Promise<void>;
}

/**
 * Connects a gateway process to what its features need. Rejects where Redis cannot be reached.
 *
 * @param fail Redis is gone for good
 */
export async function openFeatures(config: GatewayConfig, fail: (reason: unknown) => void): Promise<OpenedFeatures> {
  const redis = await connectRedis(config.redisUrl, fail);
  const history = config.postgresUrl === undefined ? NO_HISTORY : createPostgresHistory(config.postgresUrl);
  return {
    ports: {
      history,
      cursors: createRedisDeviceCursors(redis),
      sessions: createRedisSessions(redis),
      presence: createRedisUserPresence(redis),
      limiter: config.rateLimit === undefined ? null : createRedisRateLimiter(redis, config.rateLimit),
    },
    async close() {
      await Promise.all([history.close(), endRedis(redis)]);
    },
  };
}

const NO_HISTORY: MessageHistory & { close(): Promise<void> } = {
  history: refuse,
  lastSequences: refuse,
  close: async () => {},
};

async function refuse(): Promise<never> {
  throw new Error('expected postgresUrl in the configuration');
}
