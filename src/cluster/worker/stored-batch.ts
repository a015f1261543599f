import type { ChatMessage } from '../ports/chat-message.ts';
import type { Envelope } from '../ports/envelope.ts';
import type { Delivery } from '../ports/message-queue.ts';

/** An entry of the queue with what it holds. */
export interface Gathered extends Envelope {
  readonly delivery: Delivery;
  /** Stamp; empty where its gateway takes none. */
  readonly receivedAt: string;
}

/** A batch that is stored and still has to reach the gateways. */
export interface StoredBatch {
  readonly entries: readonly Gathered[];
  readonly batch: readonly ChatMessage[];
  readonly sequences: readonly (number | null)[];
  readonly gateways: readonly (readonly string[])[];
  readonly hops: readonly string[];
}

/** For entries of which no message is to be stored. */
export function refuseAll(entries: readonly Gathered[]): StoredBatch {
  const batch = entries.flatMap(({ messages }) => messages);
  return { entries, batch, sequences: batch.map(() => null), gateways: batch.map(() => []), hops: batch.map(() => '') };
}

/** The stamps of each message of a batch, all but the last one; empty for a message without any. */
export function stampHops(entries: readonly Gathered[], begunAt: string, storedAt: string): readonly string[] {
  return entries.flatMap(({ messages, publishedAt, receivedAt }) => {
    const rest = publishedAt + receivedAt + begunAt + storedAt;
    return messages.map(({ hops }) => (hops === undefined ? '' : hops + rest));
  });
}
