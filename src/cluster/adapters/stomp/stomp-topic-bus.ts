import type { TopicBus } from '../../ports/buses.ts';
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
  /** The broker has it. */
  readonly made: Promise<void>;
}

/**
 * A subscription outlives its last member by so long. The broker takes a subscription's queue away after it has confirmed the end
 * of it; who subscribes to the same topic meanwhile is followed by a message or more that reach nobody.
 */
const LINGER_MS = 2_000;

/** What waits at the broker for one subscription of a gateway that stops reading; the oldest is dropped beyond it. */
const QUEUE_LIMIT = { 'x-max-length': '10000', 'x-max-length-bytes': String(64 * 1024 * 1024) };

/** Topics over one STOMP session, subscribed to again after an interruption. Rejects where the broker cannot be reached. */
export async function openStompTopicBus(options: StompTopicBusOptions): Promise<TopicBus> {
  const subscriptions = new Map<string, Subscription>();
  /** Nobody wants them any more: when they end, by channel. */
  const ends = new Map<string, NodeJS.Timeout>();
  let session: StompSession | null = null;
  let onPayload: (payload: Buffer) => void = () => {};
  let onResubscribed: () => void = () => {};
  let nextId = 0;
  const link = await openStompLink({
    ...options,
    onLinked(fresh) {
      session = fresh;
      let missing = subscriptions.size;
      for (const subscription of subscriptions.values()) {
        send(fresh, subscription, () => {
          subscription.settled();
          if (--missing === 0) onResubscribed();
        });
      }
    },
    onBroken() {
      session = null;
      for (const channel of ends.keys()) end(channel);
    },
    onMessage: ({ body }) => onPayload(body),
  });

  function send(to: StompSession, { id, channel }: Subscription, settled: () => void): void {
    const headers = { id, destination: destinationOf(channel), ack: 'auto', ...QUEUE_LIMIT };
    to.send('SUBSCRIBE', headers, '', settled);
  }

  function end(channel: string): void {
    const subscription = subscriptions.get(channel);
    clearTimeout(ends.get(channel));
    ends.delete(channel);
    subscriptions.delete(channel);
    if (subscription !== undefined) session?.send('UNSUBSCRIBE', { id: subscription.id }, '');
  }

  return {
    open(listener, onRestored) {
      onPayload = listener;
      onResubscribed = onRestored;
    },
    subscribe(channel) {
      const lingering = ends.has(channel) ? subscriptions.get(channel) : undefined;
      if (lingering !== undefined) {
        clearTimeout(ends.get(channel));
        ends.delete(channel);
        return lingering.made;
      }
      const { promise: made, resolve: settled } = Promise.withResolvers<void>();
      const subscription = { id: String(nextId++), channel, settled, made };
      subscriptions.set(channel, subscription);
      // Without a link, it goes out with the next one.
      if (session !== null) send(session, subscription, settled);
      return made;
    },
    async unsubscribe(channel) {
      const subscription = subscriptions.get(channel);
      if (subscription === undefined || ends.has(channel)) return;
      if (session !== null) ends.set(channel, setTimeout(end, LINGER_MS, channel).unref());
      else {
        subscriptions.delete(channel);
        // A join that still waits for its link is over.
        subscription.settled();
      }
    },
    publish(channel, payload) {
      if (session === null || !session.unwritten.hasRoom) return false;
      session.send('SEND', { destination: destinationOf(channel) }, payload);
      return true;
    },
    close() {
      session = null;
      for (const timer of ends.values()) clearTimeout(timer);
      return link.close();
    },
  };
}

function destinationOf(channel: string): string {
  return `/topic/${topicOf(channel)}`;
}
