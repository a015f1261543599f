import { countMessages } from '../../ports/envelope.ts';
import type { Delivery, QueueConsumer, QueuePublisher } from '../../ports/message-queue.ts';

/** Entries of one partition that are confirmed and wait; more than these stay unconfirmed at their publisher's. */
const CAPACITY = 10_000;

interface Arrival {
  readonly content: Buffer;
  readonly confirmed: () => void;
}

interface Waiting {
  readonly content: Buffer;
  readonly redelivered: boolean;
}

interface MemoryDelivery extends Delivery {
  readonly subscription: Subscription;
}

interface Subscription {
  readonly prefetch: number;
  readonly onDelivery: (delivery: Delivery) => void;
  /** Handed out and not settled, in the order of handing out. */
  unacked: readonly MemoryDelivery[];
}

interface Partition {
  arriving: Arrival[];
  waiting: Waiting[];
  /** The first one is active, the others stand by. */
  readonly subscriptions: Subscription[];
}

/** The queue of the embedded cluster: the same partitions, confirmations, single active consumer and redelivery, in memory. */
export class MemoryQueue {
  readonly #partitions: Partition[];
  readonly #deadLetters: Buffer[] = [];
  #inFlight = 0;
  #scheduled = false;

  constructor(partitions: number) {
    this.#partitions = Array.from({ length: partitions }, () => ({ arriving: [], waiting: [], subscriptions: [] }));
  }

  /** In messages. `ready`: waiting for a consumer. `inFlight`: handed out and not yet acknowledged. */
  depth(): { ready: number; inFlight: number } {
    let ready = 0;
    for (const { arriving, waiting } of this.#partitions) ready += sumMessages(arriving) + sumMessages(waiting);
    return { ready, inFlight: this.#inFlight };
  }

  get deadLetters(): readonly Buffer[] {
    return this.#deadLetters;
  }

  openPublisher(): QueuePublisher {
    let open = true;
    return {
      publish: (partition, content, confirmed) => {
        if (!open) return;
        this.#partitions[partition]!.arriving.push({ content, confirmed });
        this.#schedule();
      },
      onRestored: () => {},
      close: async () => {
        open = false;
      },
    };
  }

  /** @param prefetch most unacknowledged deliveries per partition */
  openConsumer(prefetch: number): QueueConsumer {
    return new MemoryConsumer(prefetch, {
      subscribe: (partition, subscription) => {
        this.#partitions[partition]!.subscriptions.push(subscription);
        this.#schedule();
      },
      unsubscribe: (partition, subscription) => this.#unsubscribe(this.#partitions[partition]!, subscription),
      settle: (subscription, count) => {
        this.#inFlight -= sumMessages(subscription.unacked.slice(0, count));
        subscription.unacked = subscription.unacked.slice(count);
        this.#schedule();
      },
      bury: (content) => this.#deadLetters.push(content),
    });
  }

  /** Deferred, as a broker is: neither a confirmation nor a delivery comes before the call that caused it has returned. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const [number, partition] of this.#partitions.entries()) this.#pump(number, partition);
    });
  }

  #pump(number: number, partition: Partition): void {
    admit(partition);
    const active = partition.subscriptions[0];
    if (active === undefined) return;
    const handedOut = partition.waiting
      .splice(0, active.prefetch - active.unacked.length)
      .map((waiting): MemoryDelivery => ({ ...waiting, partition: number, subscription: active }));
    this.#inFlight += sumMessages(handedOut);
    active.unacked = [...active.unacked, ...handedOut];
    for (const delivery of handedOut) active.onDelivery(delivery);
    if (partition.arriving.length > 0 && handedOut.length > 0) this.#schedule();
  }

  #unsubscribe(partition: Partition, subscription: Subscription): void {
    const { unacked } = subscription;
    subscription.unacked = [];
    partition.waiting = [...unacked.map(({ content }) => ({ content, redelivered: true })), ...partition.waiting];
    partition.subscriptions.splice(partition.subscriptions.indexOf(subscription), 1);
    this.#inFlight -= sumMessages(unacked);
    this.#schedule();
  }
}

function sumMessages(entries: readonly { readonly content: Buffer }[]): number {
  return entries.reduce((sum, { content }) => sum + countMessages(content), 0);
}

/** Confirms what there is room for. */
function admit(partition: Partition): void {
  const admitted = partition.arriving.splice(0, CAPACITY - partition.waiting.length);
  for (const { content, confirmed } of admitted) {
    partition.waiting.push({ content, redelivered: false });
    confirmed();
  }
}

interface ConsumerSide {
  subscribe(partition: number, subscription: Subscription): void;
  /** What is unacknowledged goes back. */
  unsubscribe(partition: number, subscription: Subscription): void;
  /** The first so many are done with. */
  settle(subscription: Subscription, count: number): void;
  bury(content: Buffer): void;
}

class MemoryConsumer implements QueueConsumer {
  readonly #prefetch: number;
  readonly #side: ConsumerSide;
  readonly #subscriptions = new Map<number, Subscription>();

  constructor(prefetch: number, side: ConsumerSide) {
    this.#prefetch = prefetch;
    this.#side = side;
  }

  async consume(partition: number, onDelivery: (delivery: Delivery) => void): Promise<void> {
    const subscription: Subscription = { prefetch: this.#prefetch, onDelivery, unacked: [] };
    this.#subscriptions.set(partition, subscription);
    this.#side.subscribe(partition, subscription);
  }

  async leave(partition: number): Promise<void> {
    const subscription = this.#subscriptions.get(partition);
    if (subscription !== undefined) this.#side.unsubscribe(partition, subscription);
    this.#subscriptions.delete(partition);
  }

  ackThrough(delivery: Delivery): void {
    const { subscription } = delivery as MemoryDelivery;
    this.#side.settle(subscription, subscription.unacked.indexOf(delivery as MemoryDelivery) + 1);
  }

  async deadLetter(content: Buffer): Promise<void> {
    this.#side.bury(content);
  }

  onInterrupted(): void {}

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions.keys()].map((partition) => this.leave(partition)));
  }
}
