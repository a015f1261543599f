import { openAmqpConsumer } from '../adapters/amqp-consumer.ts';
import { openPostgresStore } from '../adapters/postgres-store.ts';
import { createRedisBus } from '../adapters/redis-bus.ts';
import { connectRedis, endRedis } from '../adapters/redis-link.ts';
import { createRedisRouting } from '../adapters/redis-routing.ts';
import { type RunningChild, runChild } from '../run-child.ts';
import { PREFETCH_ENTRIES } from './batch-loop.ts';
import { startWorker } from './worker.ts';
import { type WorkerConfig, type WorkerReady, workerConfig } from './worker-config.ts';

await runChild(workerConfig, start);

async function start(config: WorkerConfig, fail: (reason: unknown) => void): Promise<RunningChild> {
  const { amqpUrl, redisUrl, postgresUrl, partitions } = config;
  const [consumer, redis, store] = await Promise.all([
    openAmqpConsumer({ url: amqpUrl, partitions, prefetch: PREFETCH_ENTRIES, onLost: fail }),
    connectRedis(redisUrl, fail),
    openPostgresStore(postgresUrl),
  ]);
  const routing = createRedisRouting(redis);
  const bus = createRedisBus(redis, null);
  const worker = await startWorker(config, { consumer, store, routing, bus }, fail);
  const ready: WorkerReady = { type: 'ready', stats: worker.stats };
  return {
    ready,
    async stop() {
      await worker.stop();
      await Promise.all([consumer.close(), store.close()]);
      await endRedis(redis);
    },
  };
}
