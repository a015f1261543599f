import type { BrokerCheck } from '../metrics/broker-check.ts';
import type { GatewayBus } from '../ports/buses.ts';
import type { RoomRouting } from '../ports/room-routing.ts';

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
