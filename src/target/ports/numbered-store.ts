import type { ChatMessage } from './chat-message.ts';

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
