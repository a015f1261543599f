import type { GatewayBus } from '../ports/buses.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { QueuePublisher } from '../ports/message-queue.ts';
import { visitDeliveries } from '../ports/parcel.ts';
import type { GatewayPresence, RoomRouting } from '../ports/room-routing.ts';
import { NotificationLoop } from './notification-loop.ts';
import { type QueueSending, sendThroughQueue } from './send-through-queue.ts';

export interface WorkerPathOptions extends QueueSending {
  /** The gateway's id, unique in the cluster. */
  readonly id: string;
}

export interface WorkerPathPorts {
  readonly publisher: QueuePublisher;
  readonly routing: RoomRouting;
  readonly bus: GatewayBus;
}

/**
 * Topology `worker`: messages go through the room's partition of the durable queue to a worker, which stores them and
 * sends them over the bus to just the gateways that hold members. Accepted once the queue has confirmed.
 */
export function createWorkerPath(options: WorkerPathOptions, ports: WorkerPathPorts): GatewayPath {
  const { publisher, routing, bus } = ports;
  const sending = sendThroughQueue(publisher, options);
  const notifications = new NotificationLoop(routing, bus);
  let presence: GatewayPresence | null = null;
  let pubsubMessages = 0;

  return {
    async open(deliver, onRestored) {
      presence = await routing.enter(options.id, onRestored);
      // Subscribed before the first join, or a delivery could find a routing entry and no listener.
      const onPayload = (payload: Buffer): void => {
        pubsubMessages++;
        visitDeliveries(payload, deliver);
      };
      await bus.subscribe(options.id, onPayload, onRestored);
    },
    send: sending.send,
    notify: (channel, frame, exceptConnection) => notifications.add(channel, frame, exceptConnection),
    join: (channel) => expectOpen(presence).join(channel),
    leave: (channel) => expectOpen(presence).leave(channel),
    gauges: () => ({
      ...sending.gauges(),
      blocked: publisher.blocked ? 1 : 0,
      registered: presence?.isRegistered === false ? 0 : 1,
      pubsubMessages,
      ...notifications.counters,
    }),
    drained: sending.drained,
    exit: () => expectOpen(presence).exit(),
  };
}

function expectOpen(presence: GatewayPresence | null): GatewayPresence {
  if (presence === null) throw new Error('expected the path to be open');
  return presence;
}
