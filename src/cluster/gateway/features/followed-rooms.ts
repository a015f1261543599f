import { setTimeout as wait } from 'node:timers/promises';
import type { MessageHistory } from '../../ports/message-store.ts';
import type { Follower } from '../connection.ts';
import { CONFIRM_AFTER_MS } from './room-follower.ts';

/** Rooms that are looked at at a time. */
const AT_A_TIME = 8;

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
    const readSome = async (): Promise<void> => {
      for (let room = rooms.pop(); room !== undefined; room = rooms.pop()) await this.#fillUp(room);
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, readSome));
  }

  async #fillUp(room: string): Promise<void> {
    // Where it cannot be read the followers find out themselves, and tell their clients.
    const last = await this.#history.lastSequence(room).catch(() => Number.POSITIVE_INFINITY);
    for (const follower of this.#followers.get(room) ?? []) if (follower.after < last) await follower.fillUp();
  }
}
