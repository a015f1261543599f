import { monotonicUs } from '../../clock.ts';
import { encodeStamp } from '../../wire/hop-stamps.ts';
import { createGatherSchedule } from '../gateway/gather-schedule.ts';
import { Outbox, type OutboxLimits } from '../gateway/outbox.ts';
import { partitionOf } from '../gateway/partition-of.ts';
import { encodeChatMessage } from '../ports/chat-message.ts';
import type { GatewayBus } from '../ports/gateway-bus.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { QueuePublisher } from '../ports/message-queue.ts';
import { visitDeliveries } from '../ports/parcel.ts';
import type { GatewayPresence, RoomRouting } from '../ports/room-routing.ts';
import { NotificationLoop } from './notification-loop.ts';

export interface WorkerPathOptions {
  /** The gateway's id, unique in the cluster. */
  readonly id: string;
  readonly partitions: number;
  readonly outboxLimits?: OutboxLimits;
  /** Take stamps, see `encodeStamp`. Default true. */
  readonly hops?: boolean | undefined;
}

export interface WorkerPathPorts {
  readonly publisher: QueuePublisher;
  readonly routing: RoomRouting;
  readonly bus: GatewayBus;
}

const OUTBOX_LIMITS: OutboxLimits = { messages: 20_000, bytes: 64 * 1024 * 1024 };

/**
 * Topology `worker`: messages go through the room's partition of the durable queue to a worker, which stores them and
 * sends them over the bus to just the gateways that hold members. Accepted once the queue has confirmed.
 */
export function createWorkerPath(options: WorkerPathOptions, ports: WorkerPathPorts): GatewayPath {
  const { publisher, routing, bus } = ports;
  const takeStamp = options.hops === false ? () => '' : () => encodeStamp(monotonicUs());
  const outbox = new Outbox(publisher, {
    limits: options.outboxLimits ?? OUTBOX_LIMITS,
    schedule: createGatherSchedule(options.partitions),
    stamp: takeStamp,
  });
  const notifications = new NotificationLoop(routing, bus);
  let presence: GatewayPresence | null = null;

  return {
    async open(deliver) {
      presence = await routing.enter(options.id);
      // Subscribed before the first join, or a delivery could find a routing entry and no listener.
      await bus.subscribe(options.id, (payload) => visitDeliveries(payload, deliver));
    },
    send(message, accepted) {
      const partition = partitionOf(message.room, options.partitions);
      return outbox.add(partition, encodeChatMessage(message), (publishedAt) => accepted(publishedAt + takeStamp()));
    },
    notify: (channel, frame, exceptConnection) => notifications.add(channel, frame, exceptConnection),
    join: (channel) => expectOpen(presence).join(channel),
    leave: (channel) => expectOpen(presence).leave(channel),
    gauges: () => ({ outbox: outbox.size, ...outbox.counters, ...notifications.counters }),
    drained: () => outbox.drained(),
    exit: () => expectOpen(presence).exit(),
  };
}

function expectOpen(presence: GatewayPresence | null): GatewayPresence {
  if (presence === null) throw new Error('expected the path to be open');
  return presence;
}
