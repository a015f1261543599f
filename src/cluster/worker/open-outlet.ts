import { openAmqpFanoutBus, openAmqpTopicBus } from '../adapters/rabbitmq/amqp-exchange-bus.ts';
import { createBroadcastRouting, createTopicRouting } from '../paths/static-routing.ts';
import type { GatewayBus } from '../ports/buses.ts';
import type { RoomRouting } from '../ports/room-routing.ts';
import { openRememberingOutlet } from './open-remembering-outlet.ts';
import type { Outlet } from './outlet.ts';
import type { WorkerConfig } from './worker-config.ts';

/**
 * Connects a worker to what its topology sends messages out through. Rejects where that cannot be reached.
 *
 * @param fail it is gone for good
 */
export async function openOutlet(config: WorkerConfig, fail: (reason: unknown) => void): Promise<Outlet> {
  const { topology, amqpUrl: url } = config;
  if (topology === 'fanout') return over(createBroadcastRouting(), await openAmqpFanoutBus({ url, onLost: fail }));
  if (topology === 'stomp') return over(createTopicRouting(), await openAmqpTopicBus({ url, onLost: fail }));
  return openRememberingOutlet(config.redisUrl, fail);
}

function over(routing: RoomRouting, bus: GatewayBus): Outlet {
  return { routing, bus, brokers: [], gauges: () => ({}), close: () => bus.close() };
}
