import { setTimeout as wait } from 'node:timers/promises';
import type { Channel, ChannelModel, ConfirmChannel, Message } from 'amqplib';
import type { QueueType } from '../../../choices.ts';
import { retryDelayMs } from '../../broker-patience.ts';
import type { Delivery, QueueConsumer } from '../../ports/message-queue.ts';
import type { WorkerPeers } from '../../ports/worker-peers.ts';
import { type AmqpLink, openAmqpLink } from './amqp-link.ts';
import { joinPeers, PEERS } from './amqp-peers.ts';
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

/** About three seconds. */
const SEAT_ATTEMPTS = 10;

interface AmqpDelivery extends Delivery {
  readonly tag: number;
  readonly seat: Seat;
}

interface Subscription {
  readonly partition: number;
  readonly onDelivery: (delivery: Delivery) => void;
  /** Null while the link is broken. */
  seat: Seat | null;
}

/** A place in the line of a partition's consumers. */
interface Seat {
  readonly channel: Channel;
  readonly acks: TrailingAck;
}

/**
 * Consumes each partition over a channel of its own: a channel that is closed gives what it has not acknowledged back to the
 * queue before the next consumer in line is handed anything. A consumer that is only cancelled keeps it, and the next one
 * would overtake it. What workers tell each other goes over the same connection: who is heard can be handed something.
 * Rejects where the broker cannot be reached.
 */
export async function openAmqpConsumer(
  options: AmqpConsumerOptions,
): Promise<QueueConsumer & WorkerPeers & Pick<AmqpLink, 'ping'>> {
  const subscriptions = new Map<number, Subscription>();
  const interrupted: (() => void)[] = [];
  const seated: (() => void)[] = [];
  const told: ((notice: string) => void)[] = [];
  let connection: ChannelModel | null = null;
  let channel: ConfirmChannel | null = null;
  const heldBack = options.ackAtOnce === true ? 0 : Math.floor(options.prefetch * HELD_BACK);

  const link = await openAmqpLink<ConfirmChannel>({
    url: options.url,
    async open(fresh) {
      const dead = await fresh.createConfirmChannel();
      await declareTopology(dead, options.partitions, options.queueType);
      await joinPeers(dead, (notice) => {
        for (const listener of told) listener(notice);
      });
      connection = fresh;
      return dead;
    },
    onLinked(fresh) {
      channel = fresh;
      sitDownEverywhere(fresh).catch(() => giveUp(fresh));
    },
    onBroken() {
      letGo();
      for (const listener of interrupted) listener();
    },
    onLost: options.onLost,
  });

  /** Nothing is acknowledged over the link from here on. */
  function letGo(): void {
    channel = null;
    for (const subscription of subscriptions.values()) {
      subscription.seat?.acks.stop();
      subscription.seat = null;
    }
  }

  /** One channel that breaks takes the others along: on a fresh link all begin from what is unacknowledged. */
  function giveUp(on: ConfirmChannel | null): void {
    if (on === null || on !== channel) return;
    letGo();
    link.reset();
  }

  async function sitDownEverywhere(within: ConfirmChannel): Promise<void> {
    if (subscriptions.size === 0) return;
    await Promise.all([...subscriptions.values()].map(sitDown));
    if (within === channel) for (const listener of seated) listener();
  }

  async function sitDown(subscription: Subscription): Promise<void> {
    const { partition, onDelivery } = subscription;
    const [within, on] = [channel, await connection!.createChannel()];
    on.on('error', ignore);
    on.on('close', () => {
      if (subscription.seat?.channel === on) giveUp(within);
    });
    await on.prefetch(options.prefetch, false);
    const seat: Seat = { channel: on, acks: new TrailingAck((tag) => acknowledge(seat, tag), heldBack) };
    if (within !== channel || subscriptions.get(partition) !== subscription) return closeQuietly(on);
    subscription.seat = seat;
    await on.consume(queueOf(partition), (message) => {
      // The broker cancels a consumer whose queue vanished.
      if (message === null) {
        giveUp(within);
        return;
      }
      const { content, fields } = message;
      const delivery: AmqpDelivery = {
        content,
        redelivered: fields.redelivered,
        partition,
        tag: fields.deliveryTag,
        seat,
      };
      onDelivery(delivery);
    });
  }

  async function leave(partition: number): Promise<void> {
    const subscription = subscriptions.get(partition);
    const seat = subscription?.seat ?? null;
    subscriptions.delete(partition);
    if (subscription === undefined || seat === null) return;
    seat.acks.flush();
    // From here on its end is no accident.
    subscription.seat = null;
    await closeQuietly(seat.channel);
  }

  /** In any turn of the event loop: the library throws where the channel is about to close. */
  function acknowledge(seat: Seat, tag: number): void {
    try {
      ackThrough(seat.channel, tag);
    } catch {
      giveUp(channel);
    }
  }

  return {
    async consume(partition, onDelivery) {
      const subscription: Subscription = { partition, onDelivery, seat: null };
      subscriptions.set(partition, subscription);
      const on = channel;
      if (on === null) return;
      for (let attempt = 1; on === channel && subscriptions.get(partition) === subscription; attempt++) {
        try {
          await sitDown(subscription);
          return;
        } catch (error) {
          // Broken meanwhile: the next link subscribes again. The seat's own channel alone, as of a quorum queue whose leader is
          // only being chosen while several declare it: it is tried again.
          if (on === channel && attempt >= SEAT_ATTEMPTS) throw error;
          subscription.seat = null;
          await wait(retryDelayMs(attempt));
        }
      }
    },
    leave,
    ackThrough(delivery) {
      const { seat, tag, partition } = delivery as AmqpDelivery;
      if (subscriptions.get(partition)?.seat === seat) seat.acks.through(tag);
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
    tell(notice) {
      try {
        channel?.publish(PEERS, '', Buffer.from(notice));
      } catch {
        giveUp(channel);
      }
    },
    onTold: (listener) => void told.push(listener),
    onSeated: (listener) => void seated.push(listener),
    ping: link.ping,
    onInterrupted: (listener) => void interrupted.push(listener),
    async close() {
      await Promise.all([...subscriptions.keys()].map(leave));
      letGo();
      await link.close();
    },
  };
}

/** The library takes the tag out of a message. */
function ackThrough(channel: Channel, deliveryTag: number): void {
  channel.ack({ fields: { deliveryTag } } as Message, true);
}

function closeQuietly(channel: Channel): Promise<void> {
  return channel.close().catch(ignore);
}

function ignore(): void {}
