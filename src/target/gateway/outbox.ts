import type { QueuePublisher } from '../ports/message-queue.ts';

interface Entry {
  readonly partition: number;
  readonly content: Buffer;
  readonly confirmed: () => void;
}

export interface OutboxLimits {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * Keeps every message until the queue has confirmed it, and publishes all of them again, oldest first, when the link is back.
 * The queue may then hold a message twice; the store keeps the first. Order within a room holds, because each link carries
 * a contiguous run that starts no later than the first unconfirmed message.
 */
export class Outbox {
  readonly #publisher: QueuePublisher;
  readonly #limits: OutboxLimits;
  /** In the order of `add`; a Map iterates in the order of insertion. */
  readonly #entries = new Map<number, Entry>();
  #nextKey = 0;
  #bytes = 0;
  #republished = 0;
  #emptied: (() => void) | null = null;

  constructor(publisher: QueuePublisher, limits: OutboxLimits) {
    this.#publisher = publisher;
    this.#limits = limits;
    publisher.onRestored(() => this.#publishAgain());
  }

  get size(): number {
    return this.#entries.size;
  }

  get republished(): number {
    return this.#republished;
  }

  /** False where it is full: the message is not taken. Else `confirmed` is called once, when the message is durable. */
  add(partition: number, content: Buffer, confirmed: () => void): boolean {
    if (this.#entries.size >= this.#limits.messages || this.#bytes + content.length > this.#limits.bytes) return false;
    const key = this.#nextKey++;
    const entry = { partition, content, confirmed };
    this.#entries.set(key, entry);
    this.#bytes += content.length;
    this.#publish(key, entry);
    return true;
  }

  /** Settles when nothing is unconfirmed. */
  async drained(): Promise<void> {
    if (this.#entries.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  #publish(key: number, entry: Entry): void {
    this.#publisher.publish(entry.partition, entry.content, () => this.#settle(key, entry));
  }

  #settle(key: number, entry: Entry): void {
    if (!this.#entries.delete(key)) return;
    this.#bytes -= entry.content.length;
    entry.confirmed();
    if (this.#entries.size === 0) this.#emptied?.();
  }

  #publishAgain(): void {
    for (const [key, entry] of this.#entries) {
      this.#republished++;
      this.#publish(key, entry);
    }
  }
}
