import type { QueuePublisher } from '../../ports/message-queue.ts';
import { EXCHANGE, queueOf } from '../rabbitmq/amqp-topology.ts';
import { openStompLink, type StompSession } from './stomp-link.ts';

export interface StompPublisherOptions {
  readonly url: string;
  /** The broker is gone for good. */
  readonly onLost: (reason: Error) => void;
}

/** A broker that has confirmed nothing of what it was sent for so long holds publishers back, ms. STOMP has no word for it. */
const HELD_BACK_MS = 1_000;

/**
 * Publishes to the partition queues, which must exist. RabbitMQ answers the receipt of a SEND once it has confirmed the
 * message. Rejects where the broker cannot be reached.
 */
export async function openStompPublisher(
  options: StompPublisherOptions,
): Promise<QueuePublisher & { ping(): Promise<void> }> {
  const restored: (() => void)[] = [];
  let session: StompSession | null = null;
  let pings = 0;
  /** Entries of this session that are not confirmed, and when the last confirmation came, or the first of them went out. */
  let unconfirmed = 0;
  let progressAt = 0;
  const link = await openStompLink({
    ...options,
    onLinked(fresh) {
      session = fresh;
      unconfirmed = 0;
      for (const listener of restored) listener();
    },
    onBroken() {
      session = null;
    },
  });
  return {
    publish(partition, content, confirmed) {
      const to = session;
      if (to === null) return;
      if (unconfirmed++ === 0) progressAt = performance.now();
      const destination = `/exchange/${EXCHANGE}/${queueOf(partition)}`;
      to.send('SEND', { destination, persistent: 'true' }, content, () => {
        if (to === session) {
          unconfirmed--;
          progressAt = performance.now();
        }
        confirmed();
      });
    },
    get blocked() {
      return session !== null && unconfirmed > 0 && performance.now() - progressAt > HELD_BACK_MS;
    },
    /** By a transaction that nothing happens in: STOMP has no question of its own. */
    ping() {
      return new Promise((resolve, reject) => {
        if (session === null) reject(new Error('not connected'));
        const transaction = `ping-${pings++}`;
        session?.send('BEGIN', { transaction }, '');
        session?.send('ABORT', { transaction }, '', resolve);
      });
    },
    onRestored: (listener) => void restored.push(listener),
    close() {
      session = null;
      return link.close();
    },
  };
}
