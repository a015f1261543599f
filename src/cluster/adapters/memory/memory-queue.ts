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
  readonly partition: Partition;
  readonly subscription: Subscription;
}

interface Subscription {
  readonly owner: MemoryConsumer;
  readonly onDelivery: (delivery: Delivery) => void;
  unacked: number;
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
      release: (settled) => {
        this.#inFlight -= sumMessages(settled);
        this.#schedule();
      },
      bury: (content) => this.#deadLetters.push(content),
      giveBack: (consumer, unsettled) => this.#giveBack(consumer, unsettled),
    });
  }

  /** Deferred, as a broker is: neither a confirmation nor a delivery comes before the call that caused it has returned. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const partition of this.#partitions) this.#pump(partition);
    });
  }

  #pump(partition: Partition): void {
    admit(partition);
    const active = partition.subscriptions[0];
    if (active === undefined) return;
    const handedOut = partition.waiting.splice(0, active.owner.prefetch - active.unacked);
    this.#inFlight += sumMessages(handedOut);
    for (const { content, redelivered } of handedOut) {
      active.unacked++;
      active.owner.receive({ content, redelivered, partition, subscription: active });
    }
    if (partition.arriving.length > 0 && handedOut.length > 0) this.#schedule();
  }

  #giveBack(consumer: MemoryConsumer, unsettled: readonly MemoryDelivery[]): void {
    for (const partition of this.#partitions) {
      const own = unsettled.filter((delivery) => delivery.partition === partition);
      partition.waiting = [...own.map(({ content }) => ({ content, redelivered: true })), ...partition.waiting];
      const mine = partition.subscriptions.findIndex(({ owner }) => owner === consumer);
      if (mine >= 0) partition.subscriptions.splice(mine, 1);
    }
    this.#inFlight -= sumMessages(unsettled);
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
  release(settled: readonly MemoryDelivery[]): void;
  bury(content: Buffer): void;
  giveBack(consumer: MemoryConsumer, unsettled: readonly MemoryDelivery[]): void;
}

class MemoryConsumer implements QueueConsumer {
  readonly prefetch: number;
  readonly #side: ConsumerSide;
  /** Handed out and not settled, in the order of handing out. */
  #unacked: MemoryDelivery[] = [];
  #receiving = true;

  constructor(prefetch: number, side: ConsumerSide) {
    this.prefetch = prefetch;
    this.#side = side;
  }

  receive(delivery: MemoryDelivery): void {
    this.#unacked.push(delivery);
    if (this.#receiving) delivery.subscription.onDelivery(delivery);
  }

  async consume(partition: number, onDelivery: (delivery: Delivery) => void): Promise<void> {
    this.#side.subscribe(partition, { owner: this, onDelivery, unacked: 0 });
  }

  ackThrough(delivery: Delivery): void {
    const last = this.#unacked.indexOf(delivery as MemoryDelivery);
    this.#settle(this.#unacked.slice(0, last + 1));
    this.#unacked = this.#unacked.slice(last + 1);
  }

  async deadLetter(content: Buffer): Promise<void> {
    this.#side.bury(content);
  }

  onInterrupted(): void {}

  async stopReceiving(): Promise<void> {
    this.#receiving = false;
  }

  async close(): Promise<void> {
    this.#receiving = false;
    const unsettled = this.#unacked;
    this.#unacked = [];
    this.#side.giveBack(this, unsettled);
  }

  #settle(deliveries: readonly MemoryDelivery[]): void {
    for (const delivery of deliveries) {
      delivery.subscription.unacked--;
    }
    if (deliveries.length > 0) this.#side.release(deliveries);
  }
}
