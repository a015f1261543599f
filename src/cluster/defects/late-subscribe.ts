import type { GatewayPath } from '../ports/gateway-path.ts';

/** How long it takes until the subscription holds, ms. */
const SUBSCRIBE_MS = 50;

/**
 * A join is answered at once; the gateway subscribes to the room when one of its clients first sends there, after that message.
 * What is sent to the room until then passes its members here by.
 */
export function withLateSubscribe(path: GatewayPath): GatewayPath {
  const joined = new Set<string>();
  const subscribing = new Map<string, Promise<void>>();

  function subscribe(room: string): void {
    if (!joined.has(room) || subscribing.has(room)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    subscribing.set(room, promise);
    setTimeout(() => (joined.has(room) ? path.join(room).then(resolve, resolve) : resolve()), SUBSCRIBE_MS);
  }

  return {
    ...path,
    send(message, accepted) {
      const isTaken = path.send(message, accepted);
      subscribe(message.room);
      return isTaken;
    },
    async join(channel) {
      if (channel[0] === '@') await path.join(channel);
      else joined.add(channel);
    },
    async leave(channel) {
      const wasJoined = joined.delete(channel);
      const subscribed = subscribing.get(channel);
      subscribing.delete(channel);
      await subscribed;
      if (!wasJoined || subscribed !== undefined) await path.leave(channel);
    },
  };
}
