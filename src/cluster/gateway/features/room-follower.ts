import { setTimeout as wait } from 'node:timers/promises';
import { leastOf } from '../../../extremes.ts';
import type { MessageHistory } from '../../ports/message-store.ts';
import { encodeMessage } from '../../wire/server-frame.ts';
import type { BurstWriter } from '../burst-writer.ts';
import { type Connection, type Follower, isOpen } from '../connection.ts';
import { whenWritable } from '../when-writable.ts';

/** Messages of one reading. */
const PAGE = 100;

/** Live frames that wait while the history is read. More are dropped: the history has them, since it is written first. */
const HELD_FRAMES = 200;

/**
 * How long after the first reading a second one follows, ms. A message that was sent before its recipient joined and stored
 * after the reading is in neither; by now it is stored, or its room has had no later message that would show the gap.
 */
export const CONFIRM_AFTER_MS = 1_000;

/** Waits for a message that was delivered before it is stored, or for a history that cannot be read, ms: about a second in all. */
const RETRY_MS: readonly number[] = [5, 20, 50, 100, 200, 300, 400];

interface HeldFrame {
  readonly seq: number;
  /** Null: the connection's own message. */
  readonly frame: Buffer | null;
}

/**
 * Delivers one room to one connection in order, without gap and repetition, from a position on: what is in the history is
 * read from there, what comes live meanwhile waits. From then on a live message that leaves a gap behind it waits until
 * the gap is filled, and one that was there already is dropped. The history knows users, not connections: what this very
 * connection sent may be among what is read back.
 */
export class RoomFollower implements Follower {
  readonly room: string;
  readonly #connection: Connection;
  readonly #history: MessageHistory;
  readonly #writer: BurstWriter;
  readonly #onGap: () => void;
  /** Everything up to here has been delivered. */
  #after: number;
  /** Null while live. */
  #held: HeldFrame[] | null = [];
  #dropped = false;
  #stopped = false;
  #confirmation: NodeJS.Timeout | undefined;

  /** @param after the first message to deliver has a higher number */
  constructor(
    room: string,
    connection: Connection,
    after: number,
    parts: {
      readonly history: MessageHistory;
      readonly writer: BurstWriter;
      /** The history could not be read: messages are missing, and what comes passes all the same. */
      readonly onGap: () => void;
    },
  ) {
    this.room = room;
    this.#connection = connection;
    this.#after = after;
    this.#history = parts.history;
    this.#writer = parts.writer;
    this.#onGap = parts.onGap;
  }

  get after(): number {
    return this.#after;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Settles when everything that was missed has been delivered. Rejects where the history cannot be read. */
  async catchUp(): Promise<void> {
    await this.#fill();
    this.#confirmation = setTimeout(() => void this.fillUp(), CONFIRM_AFTER_MS).unref();
  }

  /**
   * The room ends at or before the position, as the history was asked after this connection had become a member: nothing is read but
   * what live messages show to be missing.
   */
  beginQuiet(): void {
    if (this.#stopped) return;
    if (this.#isBehind()) void this.#fill().catch(() => this.#isWanted() && this.#onGap());
    else this.#goLive();
  }

  /** Settles when whatever the history has more than was delivered has been delivered. */
  async fillUp(): Promise<void> {
    if (this.#stopped || this.#held !== null) return;
    this.#held = [];
    try {
      await this.#fill();
    } catch {
      if (this.#isWanted()) this.#onGap();
    }
  }

  /**
   * A live message of the room, in whatever order; true where a frame was written now.
   *
   * @param frame null for the connection's own message: it has a number, but no copy of it comes back
   */
  offer(seq: number, frame: Buffer | null): boolean {
    if (this.#stopped || seq <= this.#after) return false;
    if (this.#held !== null) {
      this.#hold(seq, frame);
      return false;
    }
    if (seq === this.#after + 1) {
      this.#after = seq;
      return frame !== null && this.#writer.write(this.#connection, frame);
    }
    void this.fillUp();
    this.#hold(seq, frame);
    return false;
  }

  stop(): void {
    this.#stopped = true;
    this.#held = null;
    clearTimeout(this.#confirmation);
  }

  #hold(seq: number, frame: Buffer | null): void {
    const held = this.#held!;
    if (held.length >= HELD_FRAMES) {
      held.length = 0;
      this.#dropped = true;
    }
    // A copy: the frame is part of a larger payload that would live as long.
    held.push({ seq, frame: frame === null ? null : Buffer.from(frame) });
  }

  /** Reads and delivers until the history has no more and nothing is missing before what was held, then goes live with that. */
  async #fill(): Promise<void> {
    try {
      for (const delayMs of RETRY_MS) {
        const isRead = await this.#readOn().then(yes, no);
        if (!this.#isWanted() || (isRead && !this.#isBehind())) return;
        await wait(delayMs, undefined, { ref: false });
      }
      await this.#readOn();
    } finally {
      this.#goLive();
    }
  }

  /** Whether the history lacks what came before the held frames: some topologies deliver before they store. */
  #isBehind(): boolean {
    const held = this.#held ?? [];
    return this.#dropped || (held.length > 0 && leastOf(held.map(({ seq }) => seq)) > this.#after + 1);
  }

  async #readOn(): Promise<void> {
    this.#dropped = false;
    while (this.#isWanted()) {
      const page = await this.#history.history(this.room, this.#after, PAGE);
      for (const { id, seq, from, at, body } of page) {
        await whenWritable(this.#connection, this.#writer);
        if (!this.#isWanted()) return;
        this.#after = seq;
        this.#writer.write(this.#connection, encodeMessage(id, this.room, seq, from, at, JSON.stringify(body)));
      }
      if (page.length === 0) return;
    }
  }

  /**
   * What is still missing now is not to be had: either the history could not be read, or it has been forgotten. Waiting for
   * it would hold back the room for good.
   */
  #goLive(): void {
    const held = (this.#held ?? []).sort((one, other) => one.seq - other.seq);
    this.#held = null;
    for (const { seq, frame } of held) {
      if (seq <= this.#after) continue;
      this.#after = seq;
      if (frame !== null) this.#writer.write(this.#connection, frame);
    }
  }

  #isWanted(): boolean {
    return !this.#stopped && isOpen(this.#connection);
  }
}

const yes = () => true;
const no = () => false;
