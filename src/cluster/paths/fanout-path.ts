import { channelsOfRoom } from '../ports/channels.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import { createBroadcastRouting } from './static-routing.ts';
import { createWorkerPath, type WorkerPathOptions, type WorkerPathPorts } from './worker-path.ts';

/**
 * Topology `fanout`: as `worker` up to the store; what the worker sends goes to every gateway, and each forwards what is
 * for its own connections. Nobody keeps track of who is where.
 *
 * @param ports.bus carries each parcel to all gateways
 */
export function createFanoutPath(options: WorkerPathOptions, ports: Omit<WorkerPathPorts, 'routing'>): GatewayPath {
  const path = createWorkerPath(options, { ...ports, routing: createBroadcastRouting() });
  const joined = new Set<string>();
  return {
    ...path,
    open: (deliver, onRestored) =>
      path.open((channel, exceptConnection, frame) => {
        if (channelsOfRoom(channel).some((one) => joined.has(one))) deliver(channel, exceptConnection, frame);
      }, onRestored),
    // The same count, but it is RabbitMQ that brought them.
    gauges: () => {
      const { pubsubMessages = 0, ...others } = path.gauges();
      return { ...others, busMessages: pubsubMessages };
    },
    join: async (channel) => void joined.add(channel),
    leave: async (channel) => void joined.delete(channel),
  };
}
