import { setTimeout as wait } from 'node:timers/promises';
import type { MessageHistory } from '../../ports/message-store.ts';
import type { Follower } from '../connection.ts';
import { CONFIRM_AFTER_MS } from './room-follower.ts';

/** Followers that read at a time. */
const AT_A_TIME = 8;

/** Rooms whose newest numbers are asked for at a time. */
const ASKED_AT_A_TIME = 500;

/** Waits between readings, ms: what is published before it is stored is in the history a little later. */
const READ_AFTER_MS: readonly number[] = [0, CONFIRM_AFTER_MS];

/** All followers of a gateway, for what concerns them all: a link that was broken. */
export class FollowedRooms {
  readonly #history: MessageHistory;
  readonly #followers = new Map<string, Set<Follower>>();
  #isWanted = false;
  #running = false;

  constructor(history: MessageHistory) {
    this.#history = history;
  }

  add(follower: Follower): void {
    const others = this.#followers.get(follower.room);
    if (others === undefined) this.#followers.set(follower.room, new Set([follower]));
    else others.add(follower);
  }

  delete(follower: Follower): void {
    const others = this.#followers.get(follower.room);
    others?.delete(follower);
    if (others?.size === 0) this.#followers.delete(follower.room);
  }

  /**
   * Fills up whoever lacks what was sent while a link was broken: in a room in which nothing more is said, no later message
   * would show the gap. Asked for again while it is under way, it begins anew after that.
   */
  catchUp(): void {
    this.#isWanted = true;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#isWanted) {
      this.#isWanted = false;
      for (const delayMs of READ_AFTER_MS) {
        await wait(delayMs, undefined, { ref: false });
        await this.#readAll();
      }
    }
    this.#running = false;
  }

  async #readAll(): Promise<void> {
    const rooms = [...this.#followers.keys()];
    for (let start = 0; start < rooms.length; start += ASKED_AT_A_TIME) {
      const some = rooms.slice(start, start + ASKED_AT_A_TIME);
      // Where it cannot be read the followers find out themselves, and tell their clients.
      const ends = await this.#history.lastSequences(some).catch(() => some.map(() => Number.POSITIVE_INFINITY));
      await this.#fillUpTo(new Map(some.map((room, i) => [room, ends[i]!])));
    }
  }

  async #fillUpTo(ends: ReadonlyMap<string, number>): Promise<void> {
    const behind = [...ends].flatMap(([room, end]) =>
      [...(this.#followers.get(room) ?? [])].filter(({ after }) => after < end),
    );
    const fillSome = async (): Promise<void> => {
      for (let follower = behind.pop(); follower !== undefined; follower = behind.pop()) await follower.fillUp();
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, fillSome));
  }
}
