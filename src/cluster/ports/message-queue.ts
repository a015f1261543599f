/**
 * The durable queue between gateways and workers: a fixed number of partitions, each first in, first out.
 * A gateway holds a publisher, a worker a consumer. What it carries are entries, each of one or more messages (see
 * `encodeEnvelope`).
 */
export interface QueuePublisher {
  /**
   * Hands an entry over. `confirmed` is called once the entry is durable. It is never called when the link breaks
   * first: whether the entry arrived is unknown then, and it must be published again after `onRestored`.
   * While the link is broken nothing is published.
   */
  publish(partition: number, content: Buffer, confirmed: () => void): void;
  /** Called each time the link is back. Publish again what is unconfirmed, oldest first, or rooms lose their order. */
  onRestored(listener: () => void): void;
  /** The queue takes nothing at present, since it runs out of disk or memory; absent: that cannot happen. */
  readonly blocked?: boolean;
  /** Ends without waiting for confirmations. */
  close(): Promise<void>;
}

export interface Delivery {
  readonly content: Buffer;
  /** It was handed out before, to this consumer or another; part or all of its work may have been done. */
  readonly redelivered: boolean;
  /** 0 … partitions − 1 */
  readonly partition: number;
}

export interface QueueConsumer {
  /**
   * Takes part in a partition. Only the consumer that came first receives; the others stand by in the order in which they came,
   * and the next one takes over from the oldest unacknowledged entry on when the first one is gone.
   * At most the prefetch of deliveries per partition is unacknowledged at any time.
   */
  consume(partition: number, onDelivery: (delivery: Delivery) => void): Promise<void>;
  /**
   * Takes part in it no more. Settles when nothing of the partition comes any more, and what is unacknowledged has gone, in its
   * order, to the next consumer in line. Whoever then consumes it again stands behind all others.
   * What is worked on must be acknowledged before, or the next one works on it at the same time.
   */
  leave(partition: number): Promise<void>;
  /**
   * Acknowledges every delivery of its partition to this consumer, up to and including this one: at once, a moment later, or when
   * the partition is left. Without effect on deliveries of a broken link, or from before the partition was left.
   */
  ackThrough(delivery: Delivery): void;
  /**
   * Puts content among the dead letters, where it stays for inspection. Settles when it is durable there, or when the link
   * broke: the delivery that it came in is void then, and will come again.
   */
  deadLetter(content: Buffer): Promise<void>;
  /** Called when the link broke: all unacknowledged deliveries are void and will come again, here or elsewhere. */
  onInterrupted(listener: () => void): void;
  /** Leaves all partitions. */
  close(): Promise<void>;
}

/**
 * How often work was begun that never ended. It outlives the worker that began it: what ends its workers is told by this alone,
 * since a worker that dies has no time to count.
 */
export interface AttemptLog {
  /** Counts one more of each, and yields how many there are of each, this one included. A key may be there twice: it counts once. */
  begin(keys: readonly string[]): Promise<readonly number[]>;
  /** The work is done: forgets them. */
  end(keys: readonly string[]): Promise<void>;
}
