/**
 * What one shard tells of messages in split rooms, about once a second. Their recipients are in several shards, so that what needs all
 * of them, or the time of the send, is worked out by whoever hears all shards: see `mergeSplitRooms`. Rows of numbers, one after the
 * other; times in µs since run start.
 */
export interface SplitSecond {
  /** All that happened up to the end of this second has been told, but for what is still being read; −1: of none yet. */
  readonly second: number;
  /** Measured messages that clients of this shard have sent: see `SENT_COLUMNS`. */
  readonly sent: Float64Array;
  /** First deliveries of measured messages to clients of this shard: see `RECEIVED_COLUMNS`. */
  readonly received: Float64Array;
  /** Messages that came due at clients of this shard and that nobody is to get. */
  readonly unsent: Float64Array;
  /** Messages from this number on will not come due at this shard; null: it sends on. */
  readonly endsAt: number | null;
  /** At the end: messages that lack deliveries to clients of this shard. See `MISSING_COLUMNS`. */
  readonly missing: Float64Array;
}

/** What a shard is told of another: who of its clients need not wait for what. */
export interface UnsentMessages {
  readonly shard: number;
  readonly numbers: readonly number[];
  readonly endsAt: number | null;
}

/** number, when it was due, when it was sent, all its recipients in all shards, how late the generator sent it */
export const SENT_COLUMNS = 5;
/** number, when, how long the generator had not read meanwhile */
export const RECEIVED_COLUMNS = 3;
/** number, deliveries, 1 for measure and 0 for warm-up, the shard whose client sends it */
export const MISSING_COLUMNS = 4;

/** Which rooms are split, how many are to get a message in one of them, over all shards, and which of these has a client. */
export interface SplitRooms {
  isSplit(room: number): boolean;
  recipientsOf(room: number): number;
  shardOf(client: number): number;
}

/** Rows that are taken as a whole, and added without allocating. */
class Rows {
  #values = new Float64Array(256);
  #used = 0;

  add(values: readonly number[]): void {
    this.#reserve(values.length);
    for (const value of values) this.#values[this.#used++] = value;
  }

  addThree(first: number, second: number, third: number): void {
    this.#reserve(3);
    this.#values[this.#used++] = first;
    this.#values[this.#used++] = second;
    this.#values[this.#used++] = third;
  }

  take(): Float64Array {
    const taken = this.#values.slice(0, this.#used);
    this.#used = 0;
    return taken;
  }

  #reserve(values: number): void {
    if (this.#used + values <= this.#values.length) return;
    const wider = new Float64Array(2 * this.#values.length);
    wider.set(this.#values);
    this.#values = wider;
  }
}

/** Collects what a shard is to tell. In memory O(deliveries of a second). */
export class SplitLog {
  readonly #rooms: SplitRooms;
  readonly #tell: (second: SplitSecond) => void;
  readonly #sent = new Rows();
  readonly #received = new Rows();
  readonly #unsent = new Rows();
  #endsAt: number | null = null;
  #second = -1;

  constructor(rooms: SplitRooms, tell: (second: SplitSecond) => void) {
    this.#rooms = rooms;
    this.#tell = tell;
  }

  isSplit(room: number): boolean {
    return this.#rooms.isSplit(room);
  }

  shardOf(client: number): number {
    return this.#rooms.shardOf(client);
  }

  /** @param ownUs how late the generator sent it; 0 where it was held since the target was away */
  send(number: number, room: number, intendedAtUs: number, sentAtUs: number, ownUs: number): void {
    this.#sent.add([number, intendedAtUs, sentAtUs, this.#rooms.recipientsOf(room), ownUs]);
  }

  receive(number: number, atUs: number, blockedUs: number): void {
    this.#received.addThree(number, atUs, blockedUs);
  }

  /** The message will never go out, or not to those who lack it. */
  unsend(number: number): void {
    this.#unsent.add([number]);
  }

  /** Nothing from this message on comes due here any more: told at once, since others wait for it. */
  end(number: number): void {
    this.#endsAt = number;
    this.#tellRows(NO_ROWS);
  }

  /** The second is over. */
  tick(second: number): void {
    this.#second = second;
    this.#tellRows(NO_ROWS);
  }

  /** The books are closed: what is left, and what is missing. */
  close(missing: Float64Array): void {
    this.#tellRows(missing);
  }

  #tellRows(missing: Float64Array): void {
    this.#tell({
      second: this.#second,
      sent: this.#sent.take(),
      received: this.#received.take(),
      unsent: this.#unsent.take(),
      endsAt: this.#endsAt,
      missing,
    });
  }
}

const NO_ROWS = new Float64Array();
