import { hasWorkers } from '../../choices.ts';
import { createMemoryAttempts } from '../adapters/memory/memory-attempts.ts';
import { createMemoryBus } from '../adapters/memory/memory-bus.ts';
import { MemoryQueue } from '../adapters/memory/memory-queue.ts';
import { createMemoryRouting } from '../adapters/memory/memory-routing.ts';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import { openPostgresStore } from '../adapters/postgres/postgres-store.ts';
import { openAmqpPublisher } from '../adapters/rabbitmq/amqp-publisher.ts';
import { createRedisBus } from '../adapters/redis/redis-bus.ts';
import { createRedisChannelBus } from '../adapters/redis/redis-channel-bus.ts';
import { numberKeysOf } from '../adapters/redis/redis-channel-scripts.ts';
import { connectRedis, endRedis } from '../adapters/redis/redis-link.ts';
import type { GatewayConfig } from '../gateway/gateway-config.ts';
import { createChannelPath } from '../paths/channel-path.ts';
import { expectUrl } from '../paths/open-path.ts';
import { createWorkerPath } from '../paths/worker-path.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { QueuePublisher } from '../ports/message-queue.ts';
import { BatchLoop, PREFETCH_ENTRIES } from '../worker/batch-loop.ts';

export interface RehearsalPath {
  readonly path: GatewayPath;
  /** Ends its links and takes away what it left behind. After the gateway. */
  close(): Promise<void>;
}

/**
 * A path as a gateway of this configuration has it, over the same brokers, where nobody else meets it: over tables, a queue and channels of
 * its own that vanish with it. What a worker does is done here; what another broker does than those, in memory.
 *
 * @param name  of its gateway, unique
 * @param rooms those that messages will go to
 */
export function openRehearsalPath(
  config: GatewayConfig,
  name: string,
  rooms: readonly string[],
): Promise<RehearsalPath> {
  return hasWorkers(config.topology) ? openQueue(config, name) : openChannels(config, name, rooms);
}

async function openChannels(config: GatewayConfig, name: string, rooms: readonly string[]): Promise<RehearsalPath> {
  const { topology, redisUrl } = config;
  const postgresUrl = expectUrl(config, 'postgresUrl');
  const [redis, subscriber, store] = await Promise.all([
    connectRedis(redisUrl, ignore),
    connectRedis(redisUrl, ignore),
    openPostgresStore(postgresUrl, { isTemporary: true }),
  ]);
  const prefix = `chat:${name}:`;
  const bus = createRedisChannelBus(redis, subscriber, {
    pattern: topology === 'pattern' ? `${prefix}*` : null,
    nameOf: (channel) => prefix + channel,
    channelOf: (its) => its.slice(prefix.length),
  });
  return {
    path: createChannelPath({ bus, store }, ignore),
    async close() {
      await redis.del(...rooms.flatMap(numberKeysOf)).catch(ignore);
      await Promise.all([bus.close(), store.close(), endRedis(redis)]);
    },
  };
}

async function openQueue(config: GatewayConfig, name: string): Promise<RehearsalPath> {
  const { topology, redisUrl, hops } = config;
  const url = expectUrl(config, 'amqpUrl');
  const overRedis = topology === 'worker';
  const [redis, subscriber, confirming] = await Promise.all([
    overRedis ? connectRedis(redisUrl, ignore) : null,
    overRedis ? connectRedis(redisUrl, ignore) : null,
    topology === 'stomp' ? null : openAmqpPublisher({ url, partitions: 1, privateQueue: name, onLost: ignore }),
  ]);
  const bus = redis === null ? createMemoryBus() : createRedisBus(redis, subscriber);
  const routing = createMemoryRouting();
  const queue = new MemoryQueue(1);
  const consumer = queue.openConsumer(PREFETCH_ENTRIES);
  const ports = { consumer, store: createMemoryStore(), attempts: createMemoryAttempts(), routing, bus };
  const worker = new BatchLoop(ports, ignore);
  await consumer.consume(0, (delivery) => worker.gather(delivery));
  const delivering = queue.openPublisher();
  const publisher = confirming === null ? delivering : publishToBoth(confirming, delivering);
  return {
    path: createWorkerPath({ id: name, partitions: 1, hops }, { publisher, routing, bus }),
    async close() {
      await worker.finish();
      await Promise.all([confirming?.close(), bus.close(), redis && endRedis(redis)]);
    },
  };
}

/** The first one confirms, the second one delivers. */
function publishToBoth(confirming: QueuePublisher, delivering: QueuePublisher): QueuePublisher {
  return {
    publish(partition, content, confirmed) {
      confirming.publish(partition, content, confirmed);
      delivering.publish(partition, content, ignore);
    },
    onRestored: ignore,
    close: () => confirming.close(),
  };
}

/** What breaks here ends the rehearsal, and nothing else. */
function ignore(): void {}
