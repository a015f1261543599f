import type { Topology } from '../../choices.ts';
import { openPostgresStore } from '../adapters/postgres/postgres-store.ts';
import { openAmqpFanoutBus } from '../adapters/rabbitmq/amqp-exchange-bus.ts';
import { openAmqpPublisher } from '../adapters/rabbitmq/amqp-publisher.ts';
import { declareTopologyOnce } from '../adapters/rabbitmq/amqp-topology.ts';
import { createRedisBus } from '../adapters/redis/redis-bus.ts';
import { createRedisChannelBus } from '../adapters/redis/redis-channel-bus.ts';
import {
  NAME_PER_CHANNEL,
  NOTIFICATION_PATTERN,
  type RedisChannelNames,
} from '../adapters/redis/redis-channel-names.ts';
import { connectRedis, endRedis } from '../adapters/redis/redis-link.ts';
import { createRedisRouting } from '../adapters/redis/redis-routing.ts';
import { openStompPublisher } from '../adapters/stomp/stomp-publisher.ts';
import { openStompTopicBus } from '../adapters/stomp/stomp-topic-bus.ts';
import type { GatewayConfig } from '../gateway/gateway-config.ts';
import type { BrokerCheck } from '../metrics/broker-check.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import { createChannelPath } from './channel-path.ts';
import { createFanoutPath } from './fanout-path.ts';
import { createStompPath } from './stomp-path.ts';
import { createWorkerPath } from './worker-path.ts';

export interface OpenedPath {
  /** Not entered yet. */
  readonly path: GatewayPath;
  /** Those that it cannot do without. */
  readonly brokers: readonly BrokerCheck[];
  /** Ends its links, after `path.exit`. */
  close(): Promise<void>;
}

type OpenPath = (config: GatewayConfig, fail: (reason: unknown) => void) => Promise<OpenedPath>;

const OPEN: Readonly<Record<Topology, OpenPath>> = {
  worker: openWorker,
  pubsub: (config, fail) => openChannels(config, NAME_PER_CHANNEL, fail),
  pattern: (config, fail) => openChannels(config, NOTIFICATION_PATTERN, fail),
  fanout: openFanout,
  stomp: openStomp,
};

/**
 * Connects a gateway process to the brokers of its topology. Rejects where one cannot be reached, or where the
 * configuration does not say where it is.
 *
 * @param fail a broker is gone for good
 */
export const openPath: OpenPath = (config, fail) => OPEN[config.topology](config, fail);

async function openWorker(config: GatewayConfig, fail: (reason: unknown) => void): Promise<OpenedPath> {
  const { redisUrl, partitions, queueType } = config;
  const url = expectUrl(config, 'amqpUrl');
  const [publisher, redis, subscriber] = await Promise.all([
    openAmqpPublisher({ url, partitions, queueType, onLost: fail }),
    connectRedis(redisUrl, fail),
    connectRedis(redisUrl, fail),
  ]);
  // What answers a later command comes after the answers of its subscriptions.
  const routing = createRedisRouting(redis, { hears: () => subscriber.ping() });
  const bus = createRedisBus(redis, subscriber);
  return {
    path: createWorkerPath(config, { publisher, routing, bus }),
    brokers: [
      { name: 'rabbitmq', ping: () => publisher.ping() },
      { name: 'redis', ping: () => Promise.all([redis.ping(), subscriber.ping()]) },
    ],
    async close() {
      await Promise.all([publisher.close(), bus.close(), routing.close()]);
      await endRedis(redis);
    },
  };
}

async function openChannels(
  config: GatewayConfig,
  names: RedisChannelNames,
  fail: (reason: unknown) => void,
): Promise<OpenedPath> {
  const [redis, subscriber, store] = await Promise.all([
    connectRedis(config.redisUrl, fail),
    connectRedis(config.redisUrl, fail),
    openPostgresStore(expectUrl(config, 'postgresUrl')),
  ]);
  const bus = createRedisChannelBus(redis, subscriber, names);
  return {
    path: createChannelPath({ bus, store }, fail),
    brokers: [
      { name: 'redis', ping: () => Promise.all([redis.ping(), subscriber.ping()]) },
      { name: 'postgres', ping: () => store.ping() },
    ],
    async close() {
      await Promise.all([bus.close(), store.close()]);
      await endRedis(redis);
    },
  };
}

async function openFanout(config: GatewayConfig, fail: (reason: unknown) => void): Promise<OpenedPath> {
  const url = expectUrl(config, 'amqpUrl');
  const { partitions, queueType } = config;
  const [publisher, bus] = await Promise.all([
    openAmqpPublisher({ url, partitions, queueType, onLost: fail }),
    openAmqpFanoutBus({ url, onLost: fail }),
  ]);
  return {
    path: createFanoutPath(config, { publisher, bus }),
    brokers: [{ name: 'rabbitmq', ping: () => publisher.ping() }],
    close: async () => void (await Promise.all([publisher.close(), bus.close()])),
  };
}

async function openStomp(config: GatewayConfig, fail: (reason: unknown) => void): Promise<OpenedPath> {
  const url = expectUrl(config, 'stompUrl');
  // STOMP cannot declare them as they must be; before the first SEND, which would break on a missing exchange.
  await declareTopologyOnce(expectUrl(config, 'amqpUrl'), config.partitions, config.queueType);
  const [publisher, topics] = await Promise.all([
    openStompPublisher({ url, onLost: fail }),
    openStompTopicBus({ url, onLost: fail }),
  ]);
  return {
    path: createStompPath(config, { publisher, topics }),
    brokers: [{ name: 'rabbitmq', ping: () => publisher.ping() }],
    close: async () => void (await Promise.all([publisher.close(), topics.close()])),
  };
}

/** Throws where the configuration does not say it. */
export function expectUrl(config: GatewayConfig, key: 'amqpUrl' | 'postgresUrl' | 'stompUrl'): string {
  const url = config[key];
  if (url === undefined) throw new Error(`topology ${config.topology}: expected ${key} in the configuration`);
  return url;
}
