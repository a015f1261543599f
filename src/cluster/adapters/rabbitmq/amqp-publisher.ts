import type { ConfirmChannel } from 'amqplib';
import type { QueueType } from '../../../choices.ts';
import type { QueuePublisher } from '../../ports/message-queue.ts';
import { type AmqpLink, openAmqpLink } from './amqp-link.ts';
import { declareTopology, EXCHANGE, listQueues } from './amqp-topology.ts';
import { createWriteBurst } from './write-burst.ts';

export interface AmqpPublisherOptions {
  readonly url: string;
  readonly partitions: number;
  /** Of the partitions; default classic. */
  readonly queueType?: QueueType;
  /** Instead of to the partitions, publishes to a queue of this name that nobody else can see, keeps nothing, and ends with the connection. */
  readonly privateQueue?: string;
  /** The broker is gone for good. */
  readonly onLost: (reason: Error) => void;
}

const PERSISTENT = { persistent: true };

/** Publishes over one confirm channel. Rejects where the broker cannot be reached. */
export async function openAmqpPublisher(
  options: AmqpPublisherOptions,
): Promise<QueuePublisher & Pick<AmqpLink, 'ping'>> {
  const { partitions, queueType, privateQueue } = options;
  const exchange = privateQueue === undefined ? EXCHANGE : '';
  const routingKeys = privateQueue === undefined ? listQueues(partitions) : new Array(partitions).fill(privateQueue);
  const restored: (() => void)[] = [];
  let channel: ConfirmChannel | null = null;
  let holdBurst = (): void => {};

  const link = await openAmqpLink<ConfirmChannel>({
    url: options.url,
    async open(connection) {
      const fresh = await connection.createConfirmChannel();
      if (privateQueue === undefined) await declareTopology(fresh, partitions, queueType);
      else await fresh.assertQueue(privateQueue, { exclusive: true, durable: false, maxLength: 0 });
      holdBurst = createWriteBurst(connection);
      return fresh;
    },
    onLinked(fresh) {
      channel = fresh;
      for (const listener of restored) listener();
    },
    onBroken() {
      channel = null;
    },
    onLost: options.onLost,
  });

  return {
    publish(partition, content, confirmed) {
      const used = channel;
      if (used === null) return;
      used.publish(exchange, routingKeys[partition]!, content, PERSISTENT, (error) => {
        if (error === null) confirmed();
        // Refused by the broker: on a fresh link it is published again, with all that is unconfirmed, in order.
        else if (used === channel) link.reset();
      });
      holdBurst();
    },
    get blocked() {
      return link.blocked;
    },
    ping: link.ping,
    onRestored: (listener) => void restored.push(listener),
    close() {
      channel = null;
      return link.close();
    },
  };
}
