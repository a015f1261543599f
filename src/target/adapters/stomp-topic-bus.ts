import type { TopicBus } from '../ports/topic-bus.ts';
import { topicOf } from './stomp-destinations.ts';
import { openStompLink, type StompSession } from './stomp-link.ts';

export interface StompTopicBusOptions {
  readonly url: string;
  /** The broker is gone for good. */
  readonly onLost: (reason: Error) => void;
}

interface Subscription {
  readonly id: string;
  readonly channel: string;
  readonly settled: () => void;
}

/** What waits at the broker for one subscription of a gateway that stops reading; the oldest is dropped beyond it. */
const QUEUE_LIMIT = { 'x-max-length': '10000', 'x-max-length-bytes': String(64 * 1024 * 1024) };

/** Topics over one STOMP session, subscribed to again after an interruption. Rejects where the broker cannot be reached. */
export async function openStompTopicBus(options: StompTopicBusOptions): Promise<TopicBus> {
  const subscriptions = new Map<string, Subscription>();
  let session: StompSession | null = null;
  let onPayload: (payload: Buffer) => void = () => {};
  let nextId = 0;
  const link = await openStompLink({
    ...options,
    onLinked(fresh) {
      session = fresh;
      for (const subscription of subscriptions.values()) send(fresh, subscription);
    },
    onBroken() {
      session = null;
    },
    onMessage: ({ body }) => onPayload(body),
  });

  function send(to: StompSession, { id, channel, settled }: Subscription): void {
    const headers = { id, destination: destinationOf(channel), ack: 'auto', ...QUEUE_LIMIT };
    to.send('SUBSCRIBE', headers, '', settled);
  }

  return {
    open(listener) {
      onPayload = listener;
    },
    subscribe(channel) {
      return new Promise((resolve) => {
        const subscription = { id: String(nextId++), channel, settled: resolve };
        subscriptions.set(channel, subscription);
        // Without a link, it goes out with the next one.
        if (session !== null) send(session, subscription);
      });
    },
    async unsubscribe(channel) {
      const subscription = subscriptions.get(channel);
      if (subscription === undefined) return;
      subscriptions.delete(channel);
      // A join that still waits for its link is over.
      subscription.settled();
      session?.send('UNSUBSCRIBE', { id: subscription.id }, '');
    },
    publish(channel, payload) {
      if (session === null) return false;
      session.send('SEND', { destination: destinationOf(channel) }, payload);
      return true;
    },
    close() {
      session = null;
      return link.close();
    },
  };
}

function destinationOf(channel: string): string {
  return `/topic/${topicOf(channel)}`;
}
