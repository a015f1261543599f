import type { ChannelBus, ChannelListener } from '../ports/channel-bus.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { NumberedStore } from '../ports/message-store.ts';
import { CommitLoop } from './commit-loop.ts';
import { createEntry, type NumberedEntry } from './numbered-entry.ts';
import { NumberingLoop } from './numbering-loop.ts';
import type { OutboxLimits } from './outbox.ts';
import { OUTBOX_LIMITS } from './outbox.ts';

export interface ChannelPathPorts {
  readonly bus: ChannelBus;
  readonly store: NumberedStore;
}

/**
 * Topologies `pubsub` and `pattern`: a message is numbered and published to all gateways in one step, and stored by the
 * gateway that took it, in batches. Recipients do not wait for the commit; the sender does: accepted once it is stored.
 *
 * @param fail called when numbers or the store cannot be had for about a minute
 */
export function createChannelPath(
  { bus, store }: ChannelPathPorts,
  fail: (reason: unknown) => void,
  limits: OutboxLimits = OUTBOX_LIMITS,
): GatewayPath {
  /** By channel joined here: the highest number seen of it. */
  const joined = new Map<string, number>();
  const counters = { pubsubMessages: 0, notified: 0, notificationsDropped: 0 };
  let pending = 0;
  let pendingBytes = 0;
  let emptied: (() => void) | null = null;

  const commits = new CommitLoop({
    store,
    onStored(entry) {
      forget(entry);
      entry.accepted(entry.stamps);
    },
    onRefused: forget,
    onTaken: (entries) => numbering.renumber(entries),
    fail,
  });
  const numbering = new NumberingLoop({
    bus,
    store,
    lastSeen: (room) => joined.get(room) ?? 0,
    unstored: () => commits.unstored,
    onNumbered: (entry) => commits.add(entry),
    fail,
  });

  function forget({ bytes }: NumberedEntry): void {
    pending--;
    pendingBytes -= bytes;
    if (pending === 0) emptied?.();
  }

  return {
    async open(deliver, onRestored) {
      const listener: ChannelListener = (channel, exceptConnection, seq, frame) => {
        counters.pubsubMessages++;
        const seen = joined.get(channel);
        if (seen === undefined) return;
        if (seq > seen) joined.set(channel, seq);
        deliver(channel, exceptConnection, frame);
      };
      await bus.open(listener, onRestored);
    },
    send(message, accepted) {
      if (pending >= limits.messages || pendingBytes + message.bodyJson.length > limits.bytes) return false;
      const entry = createEntry(message, accepted);
      pending++;
      pendingBytes += entry.bytes;
      numbering.add(entry);
      return true;
    },
    notify(channel, frame, exceptConnection) {
      if (bus.notify(channel, frame, exceptConnection)) counters.notified++;
      else counters.notificationsDropped++;
    },
    async join(channel) {
      joined.set(channel, 0);
      await bus.subscribe(channel);
    },
    async leave(channel) {
      joined.delete(channel);
      await bus.unsubscribe(channel);
    },
    lastSeen: (room) => joined.get(room) ?? 0,
    gauges: () => ({ outbox: pending, ...numbering.counters, ...commits.counters, ...counters }),
    async drained() {
      if (pending === 0) return;
      await new Promise<void>((resolve) => {
        emptied = resolve;
      });
    },
    async exit() {
      joined.clear();
    },
  };
}
