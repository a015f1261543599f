import { setTimeout as wait } from 'node:timers/promises';
import { LruMap } from '../../lru-map.ts';
import type { MessageHistory } from '../../ports/message-store.ts';

/** Rooms whose ends are remembered. */
const REMEMBERED = 10_000;

/** Some topologies deliver before they store: a client may have what the history lacks. It is asked again after so long, ms. */
const STORED_WITHIN_MS = 250;

/**
 * Where rooms end, for positions that clients name: none of them may be beyond the newest message, or its device would never be told of
 * what is said until the room has come that far. Of members who all read the newest message the history is asked for one.
 */
export class RoomEnds {
  readonly #history: Pick<MessageHistory, 'lastSequences'>;
  readonly #lastSeen: (room: string) => number;
  /** At least so far each of these rooms has come. */
  readonly #known = new LruMap<string, number>(REMEMBERED);

  /** @param lastSeen the highest number that was delivered here of a room, which the history may lack still */
  constructor(history: Pick<MessageHistory, 'lastSequences'>, lastSeen: (room: string) => number) {
    this.#history = history;
    this.#lastSeen = lastSeen;
  }

  /** The same positions, by room, none beyond its room's end. Rejects where the history cannot be read. */
  async clamp(positions: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
    if (this.#listBeyond(positions).length === 0) return positions;
    await this.#ask(this.#listBeyond(positions));
    if (this.#listBeyond(positions).length > 0) {
      await wait(STORED_WITHIN_MS, undefined, { ref: false });
      await this.#ask(this.#listBeyond(positions));
    }
    return new Map(Array.from(positions, ([room, seq]) => [room, Math.min(seq, this.#endOf(room))]));
  }

  #listBeyond(positions: ReadonlyMap<string, number>): string[] {
    return [...positions].filter(([room, seq]) => seq > this.#endOf(room)).map(([room]) => room);
  }

  #endOf(room: string): number {
    return Math.max(this.#known.get(room) ?? 0, this.#lastSeen(room));
  }

  async #ask(rooms: readonly string[]): Promise<void> {
    const ends = await this.#history.lastSequences(rooms);
    for (const [i, room] of rooms.entries()) this.#known.set(room, ends[i]!);
  }
}
