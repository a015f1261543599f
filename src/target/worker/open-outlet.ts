import { openAmqpFanoutBus, openAmqpTopicBus } from '../adapters/amqp-exchange-bus.ts';
import { createRedisBus } from '../adapters/redis-bus.ts';
import { connectRedis, endRedis } from '../adapters/redis-link.ts';
import { createRedisRouting } from '../adapters/redis-routing.ts';
import { createBroadcastRouting, createTopicRouting } from '../paths/static-routing.ts';
import type { GatewayBus } from '../ports/gateway-bus.ts';
import type { RoomRouting } from '../ports/room-routing.ts';
import type { WorkerConfig } from './worker-config.ts';

/** How a worker's messages get to the gateways. */
export interface Outlet {
  readonly routing: RoomRouting;
  readonly bus: GatewayBus;
  close(): Promise<void>;
}

/**
 * Connects a worker to what its topology sends messages out through. Rejects where that cannot be reached.
 *
 * @param fail it is gone for good
 */
export async function openOutlet(config: WorkerConfig, fail: (reason: unknown) => void): Promise<Outlet> {
  const { topology, amqpUrl: url } = config;
  if (topology === 'fanout') return over(createBroadcastRouting(), await openAmqpFanoutBus({ url, onLost: fail }));
  if (topology === 'stomp') return over(createTopicRouting(), await openAmqpTopicBus({ url, onLost: fail }));
  const redis = await connectRedis(config.redisUrl, fail);
  return {
    routing: createRedisRouting(redis),
    bus: createRedisBus(redis, null),
    close: () => endRedis(redis),
  };
}

function over(routing: RoomRouting, bus: GatewayBus): Outlet {
  return { routing, bus, close: () => bus.close() };
}
