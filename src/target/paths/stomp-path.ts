import { Outbox, type OutboxLimits } from '../gateway/outbox.ts';
import { partitionOf } from '../gateway/partition-of.ts';
import { encodeChatMessage } from '../ports/chat-message.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { QueuePublisher } from '../ports/message-queue.ts';
import { encodeDelivery, visitDeliveries } from '../ports/parcel.ts';
import type { TopicBus } from '../ports/topic-bus.ts';
import { OUTBOX_LIMITS } from './outbox-limits.ts';

export interface StompPathPorts {
  readonly publisher: QueuePublisher;
  readonly topics: TopicBus;
}

/**
 * Topology `stomp`: messages go through the room's partition of the durable queue to a worker, which stores them and
 * publishes them to the room's topic; the broker hands them to the gateways that subscribed to it. Accepted once the queue
 * has confirmed.
 */
export function createStompPath(
  partitions: number,
  { publisher, topics }: StompPathPorts,
  limits: OutboxLimits = OUTBOX_LIMITS,
): GatewayPath {
  const outbox = new Outbox(publisher, limits);
  const joined = new Set<string>();
  const counters = { notified: 0, notificationsDropped: 0 };
  return {
    async open(deliver) {
      topics.open((payload) => visitDeliveries(payload, deliver));
    },
    send(message, accepted) {
      return outbox.add(partitionOf(message.room, partitions), encodeChatMessage(message), accepted);
    },
    notify(channel, frame, exceptConnection) {
      if (topics.publish(channel, encodeDelivery(channel, exceptConnection, frame))) counters.notified++;
      else counters.notificationsDropped++;
    },
    async join(channel) {
      joined.add(channel);
      await topics.subscribe(channel);
    },
    async leave(channel) {
      joined.delete(channel);
      await topics.unsubscribe(channel);
    },
    gauges: () => ({ outbox: outbox.size, republished: outbox.republished, topics: joined.size, ...counters }),
    drained: () => outbox.drained(),
    async exit() {
      await Promise.all([...joined].map((channel) => topics.unsubscribe(channel)));
      joined.clear();
    },
  };
}
