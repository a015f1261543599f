import { ENVELOPE_BYTES, ENVELOPE_MESSAGES, encodeEnvelope } from '../ports/envelope.ts';
import type { QueuePublisher } from '../ports/message-queue.ts';

export interface OutboxLimits {
  readonly messages: number;
  readonly bytes: number;
}

export interface OutboxOptions {
  readonly limits: OutboxLimits;
  /** When a gathered envelope of a partition is to go out: calls back, at once never. */
  readonly schedule: GatherSchedule;
  /** Yields the stamp of now; empty where none are taken. */
  readonly stamp: () => string;
}

export interface GatherSchedule {
  /**
   * The first message of an envelope is there; `close` is to be called once, at a time that is worth waiting for. It yields
   * how many messages the envelope holds: one that was full has gone out by itself before.
   */
  begin(partition: number, close: () => number): void;
}

/** Called when the message is durable, with the stamps of when its envelope went out and of now (see `OutboxOptions.stamp`). */
export type Confirmed = (stamps: string) => void;

/** Messages of one partition that go out together. */
interface Envelope {
  readonly partition: number;
  readonly lines: string[];
  readonly confirmed: Confirmed[];
  bytes: number;
  publishedAt: string;
  /** Null while it gathers. */
  content: Buffer | null;
}

/**
 * Gathers messages into envelopes, keeps each until the queue has confirmed it, and publishes all of them again, oldest first,
 * when the link is back. The queue may then hold a message twice; the store keeps the first. Order within a room holds:
 * a message joins the youngest envelope of its partition, envelopes go out in the order in which they were begun, and each
 * link carries a contiguous run that starts no later than the first unconfirmed one.
 */
export class Outbox {
  readonly #publisher: QueuePublisher;
  readonly #options: OutboxOptions;
  /** Unconfirmed, in the order of publishing; a Set iterates in the order of insertion. */
  readonly #published = new Set<Envelope>();
  readonly #gathering = new Map<number, Envelope>();
  #size = 0;
  #bytes = 0;
  #counters = { published: 0, entries: 0, republished: 0 };
  #emptied: (() => void) | null = null;

  constructor(publisher: QueuePublisher, options: OutboxOptions) {
    this.#publisher = publisher;
    this.#options = options;
    publisher.onRestored(() => this.#publishAgain());
  }

  /** Messages that are not confirmed yet. */
  get size(): number {
    return this.#size;
  }

  /** Counts since start: messages and entries of the queue published, repetitions included; messages published again. */
  get counters(): Readonly<Record<'published' | 'entries' | 'republished', number>> {
    return this.#counters;
  }

  /** False where it is full: the message is not taken. Else `confirmed` is called once, when the message is durable. */
  add(partition: number, message: string, confirmed: Confirmed): boolean {
    const bytes = Buffer.byteLength(message);
    const { limits } = this.#options;
    if (this.#size >= limits.messages || this.#bytes + bytes > limits.bytes) return false;
    const envelope = this.#gathering.get(partition) ?? this.#begin(partition);
    envelope.lines.push(message);
    envelope.confirmed.push(confirmed);
    envelope.bytes += bytes;
    this.#size++;
    this.#bytes += bytes;
    if (envelope.lines.length >= ENVELOPE_MESSAGES || envelope.bytes >= ENVELOPE_BYTES) this.#close(envelope);
    return true;
  }

  /** Settles when nothing is unconfirmed. */
  async drained(): Promise<void> {
    if (this.#size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  #begin(partition: number): Envelope {
    const envelope = { partition, lines: [], confirmed: [], bytes: 0, publishedAt: '', content: null };
    this.#gathering.set(partition, envelope);
    this.#options.schedule.begin(partition, () => this.#close(envelope));
    return envelope;
  }

  #close(envelope: Envelope): number {
    const { length } = envelope.lines;
    if (envelope.content !== null) return length;
    envelope.publishedAt = this.#options.stamp();
    envelope.content = encodeEnvelope(envelope.publishedAt, envelope.lines);
    this.#gathering.delete(envelope.partition);
    this.#published.add(envelope);
    this.#publish(envelope);
    return length;
  }

  #publish(envelope: Envelope): void {
    this.#counters.published += envelope.lines.length;
    this.#counters.entries++;
    this.#publisher.publish(envelope.partition, envelope.content!, () => this.#settle(envelope));
  }

  #settle(envelope: Envelope): void {
    if (!this.#published.delete(envelope)) return;
    this.#size -= envelope.lines.length;
    this.#bytes -= envelope.bytes;
    const stamps = envelope.publishedAt + this.#options.stamp();
    for (const confirmed of envelope.confirmed) confirmed(stamps);
    if (this.#size === 0) this.#emptied?.();
  }

  #publishAgain(): void {
    for (const envelope of this.#published) {
      this.#counters.republished += envelope.lines.length;
      this.#publish(envelope);
    }
  }
}

/** What a gateway takes and keeps until it is durable, at most. */
export const OUTBOX_LIMITS: OutboxLimits = { messages: 20_000, bytes: 64 * 1024 * 1024 };
