import type { ChatMessage } from './chat-message.ts';

/** The durable history of all rooms. */
export interface MessageStore {
  /**
   * Stores a batch in one atomic step and yields each message's sequence number in its room, in the order of the batch.
   * Numbers start at 1 and have no gaps. A message whose id its room already knows is not stored again and keeps its number.
   * Throws `RefusedBatch` where the content is at fault, anything else where the store is.
   */
  append(batch: readonly ChatMessage[]): Promise<readonly number[]>;
  /** See `MessageHistory.history`. */
  history(room: string, after: number, limit: number): Promise<readonly StoredMessage[]>;
  close(): Promise<void>;
}

export interface StoredMessage {
  readonly id: string;
  readonly seq: number;
  readonly from: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly body: string;
}

/** At least one message of the batch cannot be stored now; another try, or the batch without it, may succeed. */
export class RefusedBatch extends Error {
  constructor(reason: string, cause: unknown) {
    super(reason, { cause });
    this.name = 'RefusedBatch';
  }
}
