import type { ConfirmChannel } from 'amqplib';
import type { GatewayBus } from '../../ports/buses.ts';
import type { Parcel } from '../../ports/parcel.ts';
import { topicOf } from '../stomp/stomp-destinations.ts';
import { openAmqpLink } from './amqp-link.ts';

export interface ExchangeBusOptions {
  readonly url: string;
  /** The broker is gone for good. */
  readonly onLost: (reason: Error) => void;
}

const FANOUT = 'chat.out';
const TOPICS = 'amq.topic';

/** A gateway that stops reading loses its oldest payloads beyond these, as a slow client is closed: memory stays bounded. */
const QUEUE_LIMIT = { maxLength: 10_000, arguments: { 'x-max-length-bytes': 128 * 1024 * 1024 } };

/**
 * Every parcel goes through one fanout exchange to the queue of each gateway, which is its own and vanishes with it.
 * Rejects where the broker cannot be reached.
 */
export function openAmqpFanoutBus(options: ExchangeBusOptions): Promise<GatewayBus> {
  return openExchangeBus(options, FANOUT, () => '');
}

/**
 * Each parcel goes to the topic of the channel that it is for; STOMP clients subscribe to it as `/topic/…`. For those who
 * publish only. Rejects where the broker cannot be reached.
 */
export function openAmqpTopicBus(options: ExchangeBusOptions): Promise<GatewayBus> {
  return openExchangeBus(options, TOPICS, topicOf);
}

interface Pending {
  readonly key: string;
  readonly routingKey: string;
  readonly payload: Buffer;
  /** No queue took it. */
  unheard: boolean;
  readonly settle: () => void;
}

async function openExchangeBus(
  options: ExchangeBusOptions,
  exchange: string,
  routingKeyOf: (gateway: string) => string,
): Promise<GatewayBus> {
  /** Handed over and not confirmed, oldest first. */
  const pending = new Map<string, Pending>();
  let listener: ((payload: Buffer) => void) | null = null;
  let onResumed: () => void = () => {};
  let channel: ConfirmChannel | null = null;
  let published = 0;

  const link = await openAmqpLink<ConfirmChannel>({
    url: options.url,
    async open(connection) {
      const fresh = await connection.createConfirmChannel();
      if (exchange === FANOUT) await fresh.assertExchange(FANOUT, 'fanout', { durable: true });
      fresh.on('return', ({ properties }) => {
        const returned = pending.get(properties.messageId);
        if (returned !== undefined) returned.unheard = true;
      });
      if (listener !== null) await consume(fresh, listener);
      return fresh;
    },
    onLinked(fresh) {
      channel = fresh;
      for (const parcel of pending.values()) send(fresh, parcel);
      onResumed();
    },
    onBroken() {
      channel = null;
    },
    onLost: options.onLost,
  });

  async function consume(on: ConfirmChannel, onPayload: (payload: Buffer) => void): Promise<void> {
    const { queue } = await on.assertQueue('', { exclusive: true, autoDelete: true, durable: false, ...QUEUE_LIMIT });
    await on.bindQueue(queue, exchange, '');
    await on.consume(queue, (message) => (message === null ? link.reset() : onPayload(message.content)), {
      noAck: true,
    });
  }

  function send(on: ConfirmChannel, parcel: Pending): void {
    const properties = { mandatory: true, messageId: parcel.key };
    on.publish(exchange, parcel.routingKey, parcel.payload, properties, (error) => {
      if (error !== null) {
        if (on === channel) link.reset();
      } else if (pending.delete(parcel.key)) parcel.settle();
    });
  }

  function publish({ gateway, payload }: Parcel): Promise<boolean> {
    return new Promise((resolve) => {
      const parcel: Pending = {
        key: String(published++),
        routingKey: routingKeyOf(gateway),
        payload: Buffer.from(payload),
        unheard: false,
        settle: () => resolve(parcel.unheard),
      };
      pending.set(parcel.key, parcel);
      if (channel !== null) send(channel, parcel);
    });
  }

  return {
    async publish(parcels) {
      const unheard = await Promise.all(parcels.map(publish));
      return unheard.filter(Boolean).length;
    },
    async subscribe(_, onPayload, onRestored = () => {}) {
      listener = onPayload;
      if (channel !== null) await consume(channel, onPayload);
      onResumed = onRestored;
    },
    close() {
      channel = null;
      return link.close();
    },
  };
}
