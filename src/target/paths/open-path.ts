import { openAmqpPublisher } from '../adapters/amqp-publisher.ts';
import { createRedisBus } from '../adapters/redis-bus.ts';
import { connectRedis, endRedis } from '../adapters/redis-link.ts';
import { createRedisRouting } from '../adapters/redis-routing.ts';
import type { GatewayConfig } from '../gateway/gateway-config.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import { createWorkerPath } from './worker-path.ts';

export interface OpenedPath {
  /** Not entered yet. */
  readonly path: GatewayPath;
  /** Ends its links, after `path.exit`. */
  close(): Promise<void>;
}

/**
 * Connects a gateway process to its brokers. Rejects where one cannot be reached.
 *
 * @param fail a broker is gone for good
 */
export async function openPath(config: GatewayConfig, fail: (reason: unknown) => void): Promise<OpenedPath> {
  const { amqpUrl, redisUrl, partitions } = config;
  const [publisher, redis, subscriber] = await Promise.all([
    openAmqpPublisher({ url: amqpUrl, partitions, onLost: fail }),
    connectRedis(redisUrl, fail),
    connectRedis(redisUrl, fail),
  ]);
  const routing = createRedisRouting(redis);
  const bus = createRedisBus(redis, subscriber);
  return {
    path: createWorkerPath(config, { publisher, routing, bus }),
    async close() {
      await Promise.all([publisher.close(), bus.close(), routing.close()]);
      await endRedis(redis);
    },
  };
}
