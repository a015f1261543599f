import type { StoredMessage } from './message-store.ts';

/** Bodies of one page, bytes of JSON, give or take one message: most that a reader has in memory at a time. */
export const PAGE_BYTES = 1024 * 1024;

/** What gateways read of the store. */
export interface MessageHistory {
  /**
   * Messages of a room with numbers above `after`, ascending, `limit` at most. A page ends early, with the message that brings
   * its bodies to `PAGE_BYTES`: a short one may have more behind it, an empty one is the end.
   */
  history(room: string, after: number, limit: number): Promise<readonly StoredMessage[]>;
  /** The number of the room's newest message; 0 where it has none. */
  lastSequence(room: string): Promise<number>;
}
