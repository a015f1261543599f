import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { QueueType } from '../../choices.ts';
import type { Delivery, QueueConsumer } from '../ports/message-queue.ts';
import { type AmqpLink, openAmqpLink } from './amqp-link.ts';
import { DEAD_LETTERS, declareTopology, queueOf } from './amqp-topology.ts';

export interface AmqpConsumerOptions {
  readonly url: string;
  readonly partitions: number;
  /** Of the partitions; default classic. */
  readonly queueType?: QueueType;
  /** Most unacknowledged deliveries per partition. */
  readonly prefetch: number;
  /** The broker is gone for good. */
  readonly onLost: (reason: Error) => void;
}

interface AmqpDelivery extends Delivery {
  readonly message: ConsumeMessage;
  readonly channel: ConfirmChannel;
}

interface Subscription {
  readonly partition: number;
  readonly onDelivery: (delivery: Delivery) => void;
}

/**
 * Consumes all partitions over one channel, so that one acknowledgement covers a batch of all of them.
 * Rejects where the broker cannot be reached.
 */
export async function openAmqpConsumer(options: AmqpConsumerOptions): Promise<QueueConsumer & Pick<AmqpLink, 'ping'>> {
  const subscriptions: Subscription[] = [];
  const interrupted: (() => void)[] = [];
  let channel: ConfirmChannel | null = null;
  let consumerTags: string[] = [];

  const link = await openAmqpLink<ConfirmChannel>({
    url: options.url,
    async open(connection) {
      const fresh = await connection.createConfirmChannel();
      await declareTopology(fresh, options.partitions, options.queueType);
      await fresh.prefetch(options.prefetch, false);
      return fresh;
    },
    onLinked(fresh) {
      channel = fresh;
      consumerTags = [];
      resubscribe(fresh).catch(() => link.reset());
    },
    onBroken() {
      channel = null;
      for (const listener of interrupted) listener();
    },
    onLost: options.onLost,
  });

  async function resubscribe(on: ConfirmChannel): Promise<void> {
    for (const subscription of subscriptions) await subscribe(on, subscription);
  }

  async function subscribe(on: ConfirmChannel, { partition, onDelivery }: Subscription): Promise<void> {
    const { consumerTag } = await on.consume(queueOf(partition), (message) => {
      // The broker cancels a consumer whose queue vanished.
      if (message === null) {
        link.reset();
        return;
      }
      const { content, fields } = message;
      const delivery: AmqpDelivery = { content, redelivered: fields.redelivered, message, channel: on };
      onDelivery(delivery);
    });
    consumerTags.push(consumerTag);
  }

  return {
    async consume(partition, onDelivery) {
      const subscription = { partition, onDelivery };
      subscriptions.push(subscription);
      const on = channel;
      if (on === null) return;
      try {
        await subscribe(on, subscription);
      } catch (error) {
        // Broken meanwhile: the next link subscribes again.
        if (on === channel) throw error;
      }
    },
    ackThrough(delivery) {
      const { channel: origin, message } = delivery as AmqpDelivery;
      if (origin === channel) origin.ack(message, true);
    },
    deadLetter(content) {
      const on = channel;
      if (on === null) return Promise.resolve();
      return new Promise((resolve) => {
        on.publish(DEAD_LETTERS, '', content, { persistent: true }, (error) => {
          // Refused, or the link broke. The delivery that it came in must not be acknowledged over this link any more.
          if (error !== null && on === channel) {
            channel = null;
            link.reset();
          }
          resolve();
        });
      });
    },
    ping: link.ping,
    onInterrupted: (listener) => void interrupted.push(listener),
    async stopReceiving() {
      subscriptions.length = 0;
      const current = channel;
      if (current !== null) await Promise.all(consumerTags.map((tag) => current.cancel(tag)));
    },
    close() {
      channel = null;
      return link.close();
    },
  };
}
