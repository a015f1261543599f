import type { StoredMessage } from './message-store.ts';

/** What gateways read of the store. */
export interface MessageHistory {
  /** At most `limit` messages of a room with numbers above `after`, ascending. */
  history(room: string, after: number, limit: number): Promise<readonly StoredMessage[]>;
  /** The number of the room's newest message; 0 where it has none. */
  lastSequence(room: string): Promise<number>;
}
