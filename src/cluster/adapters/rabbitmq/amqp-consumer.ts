import type { ConfirmChannel, Message } from 'amqplib';
import type { QueueType } from '../../../choices.ts';
import type { Delivery, QueueConsumer } from '../../ports/message-queue.ts';
import { type AmqpLink, openAmqpLink } from './amqp-link.ts';
import { DEAD_LETTERS, declareTopology, queueOf } from './amqp-topology.ts';
import { TrailingAck } from './trailing-ack.ts';

export interface AmqpConsumerOptions {
  readonly url: string;
  readonly partitions: number;
  /** Of the partitions; default classic. */
  readonly queueType?: QueueType;
  /** Most unacknowledged deliveries per partition. */
  readonly prefetch: number;
  /** Hold no acknowledgement back, see `TrailingAck`; default false. */
  readonly ackAtOnce?: boolean;
  /** The broker is gone for good. */
  readonly onLost: (reason: Error) => void;
}

/** Acknowledgements held back are at most this part of the prefetch, or a consumer that is done with its deliveries would wait for new ones. */
const HELD_BACK = 1 / 5;

interface AmqpDelivery extends Delivery {
  readonly tag: number;
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
  let acks: TrailingAck | null = null;
  let consumerTags: string[] = [];
  const heldBack = options.ackAtOnce === true ? 0 : Math.floor(options.prefetch * HELD_BACK);

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
      acks = new TrailingAck((tag) => acknowledge(fresh, tag), heldBack);
      consumerTags = [];
      resubscribe(fresh).catch(() => giveUp(fresh));
    },
    onBroken() {
      letGo();
      for (const listener of interrupted) listener();
    },
    onLost: options.onLost,
  });

  /** Nothing is acknowledged over the channel from here on. */
  function letGo(): void {
    channel = null;
    acks?.stop();
  }

  /** In any turn of the event loop: the library throws where the channel is about to close. */
  function acknowledge(on: ConfirmChannel, tag: number): void {
    try {
      ackThrough(on, tag);
    } catch {
      giveUp(on);
    }
  }

  function giveUp(on: ConfirmChannel): void {
    if (on !== channel) return;
    letGo();
    link.reset();
  }

  async function resubscribe(on: ConfirmChannel): Promise<void> {
    for (const subscription of subscriptions) await subscribe(on, subscription);
  }

  async function subscribe(on: ConfirmChannel, { partition, onDelivery }: Subscription): Promise<void> {
    const { consumerTag } = await on.consume(queueOf(partition), (message) => {
      // The broker cancels a consumer whose queue vanished.
      if (message === null) {
        giveUp(on);
        return;
      }
      const { content, fields } = message;
      const delivery: AmqpDelivery = { content, redelivered: fields.redelivered, tag: fields.deliveryTag, channel: on };
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
      const { channel: origin, tag } = delivery as AmqpDelivery;
      if (origin === channel) acks?.through(tag);
    },
    deadLetter(content) {
      const on = channel;
      if (on === null) return Promise.resolve();
      return new Promise((resolve) => {
        on.publish(DEAD_LETTERS, '', content, { persistent: true }, (error) => {
          // Refused, or the link broke. The delivery that it came in must not be acknowledged over this link any more.
          if (error !== null) giveUp(on);
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
      if (channel !== null) acks?.flush();
      letGo();
      return link.close();
    },
  };
}

/** The library takes the tag out of a message. */
function ackThrough(channel: ConfirmChannel, deliveryTag: number): void {
  channel.ack({ fields: { deliveryTag } } as Message, true);
}
