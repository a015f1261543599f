import { openAmqpFanoutBus, openAmqpTopicBus } from '../adapters/amqp-exchange-bus.ts';
import type { BrokerCheck } from '../broker-check.ts';
import { createBroadcastRouting, createTopicRouting } from '../paths/static-routing.ts';
import type { GatewayBus } from '../ports/gateway-bus.ts';
import type { RoomRouting } from '../ports/room-routing.ts';
import { openRememberingOutlet } from './open-remembering-outlet.ts';
import type { WorkerConfig } from './worker-config.ts';

/** How a worker's messages get to the gateways. */
export interface Outlet {
  readonly routing: RoomRouting;
  readonly bus: GatewayBus;
  /** Those that it needs besides the queue's own. */
  readonly brokers: readonly BrokerCheck[];
  /** Figures for `/stats`, by name. */
  gauges(): Readonly<Record<string, number>>;
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
  return openRememberingOutlet(config.redisUrl, fail);
}

function over(routing: RoomRouting, bus: GatewayBus): Outlet {
  return { routing, bus, brokers: [], gauges: () => ({}), close: () => bus.close() };
}
