import { Outbox, type OutboxLimits } from '../gateway/outbox.ts';
import { partitionOf } from '../gateway/partition-of.ts';
import { encodeChatMessage } from '../ports/chat-message.ts';
import type { GatewayBus } from '../ports/gateway-bus.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { QueuePublisher } from '../ports/message-queue.ts';
import { visitDeliveries } from '../ports/parcel.ts';
import type { GatewayPresence, RoomRouting } from '../ports/room-routing.ts';
import { NotificationLoop } from './notification-loop.ts';
import { OUTBOX_LIMITS } from './outbox-limits.ts';

export interface WorkerPathOptions {
  /** The gateway's id, unique in the cluster. */
  readonly id: string;
  readonly partitions: number;
  readonly outboxLimits?: OutboxLimits;
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
  const outbox = new Outbox(publisher, options.outboxLimits ?? OUTBOX_LIMITS);
  const notifications = new NotificationLoop(routing, bus);
  let presence: GatewayPresence | null = null;
  let pubsubMessages = 0;

  return {
    async open(deliver) {
      presence = await routing.enter(options.id);
      // Subscribed before the first join, or a delivery could find a routing entry and no listener.
      await bus.subscribe(options.id, (payload) => {
        pubsubMessages++;
        visitDeliveries(payload, deliver);
      });
    },
    send(message, accepted) {
      return outbox.add(partitionOf(message.room, options.partitions), encodeChatMessage(message), accepted);
    },
    notify: (channel, frame, exceptConnection) => notifications.add(channel, frame, exceptConnection),
    join: (channel) => expectOpen(presence).join(channel),
    leave: (channel) => expectOpen(presence).leave(channel),
    gauges: () => ({
      outbox: outbox.size,
      republished: outbox.republished,
      blocked: publisher.blocked ? 1 : 0,
      pubsubMessages,
      ...notifications.counters,
    }),
    drained: () => outbox.drained(),
    exit: () => expectOpen(presence).exit(),
  };
}

function expectOpen(presence: GatewayPresence | null): GatewayPresence {
  if (presence === null) throw new Error('expected the path to be open');
  return presence;
}
