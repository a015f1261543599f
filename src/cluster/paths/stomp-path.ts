import type { TopicBus } from '../ports/buses.ts';
import { channelsOfRoom } from '../ports/channels.ts';
import type { Deliver, GatewayPath } from '../ports/gateway-path.ts';
import type { QueuePublisher } from '../ports/message-queue.ts';
import { encodeDelivery, visitDeliveries } from '../ports/parcel.ts';
import { type QueueSending, sendThroughQueue } from './send-through-queue.ts';

export interface StompPathPorts {
  readonly publisher: QueuePublisher;
  readonly topics: TopicBus;
}

/**
 * Topology `stomp`: messages go through the room's partition of the durable queue to a worker, which stores them and
 * publishes them to the room's topic; the broker hands them to the gateways that subscribed to it. Accepted once the queue
 * has confirmed.
 */
export function createStompPath(options: QueueSending, { publisher, topics }: StompPathPorts): GatewayPath {
  const sending = sendThroughQueue(publisher, options);
  const joined = new Set<string>();
  const counters = { notified: 0, notificationsDropped: 0 };
  return {
    async open(deliver, onRestored) {
      // A topic that was left may linger.
      const deliverJoined: Deliver = (channel, exceptConnection, frame) => {
        if (channelsOfRoom(channel).some((one) => joined.has(one))) deliver(channel, exceptConnection, frame);
      };
      topics.open((payload) => visitDeliveries(payload, deliverJoined), onRestored);
    },
    send: sending.send,
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
    gauges: () => ({ ...sending.gauges(), blocked: publisher.blocked ? 1 : 0, topics: joined.size, ...counters }),
    drained: sending.drained,
    async exit() {
      await Promise.all([...joined].map((channel) => topics.unsubscribe(channel)));
      joined.clear();
    },
  };
}
