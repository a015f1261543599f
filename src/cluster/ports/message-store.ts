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

/** Bodies of one page, bytes of JSON, give or take one message: most that a reader has in memory at a time. */
export const PAGE_BYTES = 1024 * 1024;

/** What gateways read of the store. */
export interface MessageHistory {
  /**
   * Messages of a room with numbers above `after`, ascending, `limit` at most. A page ends early, with the message that brings
   * its bodies to `PAGE_BYTES`: a short one may have more behind it, an empty one is the end.
   */
  history(room: string, after: number, limit: number): Promise<readonly StoredMessage[]>;
  /** The number of each room's newest message, in the order of `rooms`; 0 where it has none. */
  lastSequences(rooms: readonly string[]): Promise<readonly number[]>;
}

/** The durable history of all rooms, where numbers are given out before a message is stored. */
export interface NumberedStore {
  /**
   * Stores a batch in one atomic step, each message under the number that it has, and yields the number under which its
   * room has it now, in the order of the batch: its own; another one where the id is known already; 0 where the number
   * belongs to another message, and nothing of this one is stored.
   * Throws `RefusedBatch` where the content is at fault, anything else where the store is.
   */
  insert(batch: readonly NumberedMessage[]): Promise<readonly number[]>;
  /** The newest messages of each room, at most `limit`, in the order of `rooms`. */
  tails(rooms: readonly string[], limit: number): Promise<readonly RoomTail[]>;
}

export interface NumberedMessage extends ChatMessage {
  readonly seq: number;
}

export interface RoomTail {
  readonly room: string;
  /** The highest number in use; 0: none. */
  readonly lastSeq: number;
  readonly known: readonly { readonly id: string; readonly seq: number }[];
}

/** How often a single message that is refused is tried before it counts as poison. */
export const POISON_TRIES = 3;
