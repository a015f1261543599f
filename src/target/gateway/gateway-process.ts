import { openAmqpPublisher } from '../adapters/amqp-publisher.ts';
import { createRedisBus } from '../adapters/redis-bus.ts';
import { connectRedis, endRedis } from '../adapters/redis-link.ts';
import { createRedisRouting } from '../adapters/redis-routing.ts';
import { type RunningChild, runChild } from '../run-child.ts';
import { startGateway } from './gateway.ts';
import { type GatewayConfig, type GatewayReady, gatewayConfig } from './gateway-config.ts';

await runChild(gatewayConfig, start);

async function start(config: GatewayConfig, fail: (reason: unknown) => void): Promise<RunningChild> {
  const { amqpUrl, redisUrl, partitions } = config;
  const [publisher, redis, subscriber] = await Promise.all([
    openAmqpPublisher({ url: amqpUrl, partitions, onLost: fail }),
    connectRedis(redisUrl, fail),
    connectRedis(redisUrl, fail),
  ]);
  const routing = createRedisRouting(redis);
  const bus = createRedisBus(redis, subscriber);
  const gateway = await startGateway(config, { publisher, routing, bus });
  const ready: GatewayReady = { type: 'ready', endpoint: gateway.endpoint, stats: gateway.stats };
  return {
    ready,
    async stop() {
      await gateway.stop();
      await Promise.all([publisher.close(), bus.close(), routing.close()]);
      await endRedis(redis);
    },
  };
}
