/**
 * Deliveries that a recipient fetched itself and whose push may still be under way. Of so many only the latest `FETCHED_KEPT` are
 * remembered: a push that comes later than that many fetches counts as duplicated.
 */
export class FetchedDeliveries {
  readonly #largestRoom: number;
  /** By message and member of its room. */
  readonly #awaited = new Map<number, Fetched>();
  /** By sender and member: what is awaited, and what was pushed meanwhile. */
  readonly #pairs = new Map<number, Pair>();

  /** @param largestRoom members of the largest room */
  constructor(largestRoom: number) {
    this.#largestRoom = largestRoom;
  }

  /**
   * @param member      position of the recipient in its room
   * @param isOvertaken a later message of the sender was pushed to it before
   */
  keep(sequence: number, member: number, sender: number, isOvertaken: boolean): void {
    this.#awaited.set(this.#keyOf(sequence, member), { sender, isOvertaken });
    const pair = this.#pairs.get(this.#keyOf(sender, member));
    if (pair === undefined) this.#pairs.set(this.#keyOf(sender, member), { awaited: 1, lastPushed: -1 });
    else pair.awaited++;
    if (this.#awaited.size <= FETCHED_KEPT) return;
    const oldest = this.#awaited.keys().next();
    if (oldest.done !== true) this.#forget(oldest.value);
  }

  /** The push of the message to this member is awaited. */
  has(sequence: number, member: number): boolean {
    return this.#awaited.size > 0 && this.#awaited.has(this.#keyOf(sequence, member));
  }

  /** A message of this sender was pushed to the member. To be told of all of them. */
  notePush(sequence: number, member: number, sender: number): void {
    if (this.#awaited.size === 0) return;
    const pair = this.#pairs.get(this.#keyOf(sender, member));
    if (pair !== undefined && sequence > pair.lastPushed) pair.lastPushed = sequence;
  }

  /** The push of a message that was fetched has come, for once: its sender, and its order; undefined where it was not fetched. */
  take(sequence: number, member: number): Fetched | undefined {
    const key = this.#keyOf(sequence, member);
    const fetched = this.#awaited.get(key);
    if (fetched === undefined) return undefined;
    const { lastPushed } = this.#pairs.get(this.#keyOf(fetched.sender, member))!;
    this.#forget(key);
    return { sender: fetched.sender, isOvertaken: fetched.isOvertaken || lastPushed > sequence };
  }

  #forget(key: number): void {
    const pairKey = this.#keyOf(this.#awaited.get(key)!.sender, key % this.#largestRoom);
    const pair = this.#pairs.get(pairKey)!;
    this.#awaited.delete(key);
    if (--pair.awaited === 0) this.#pairs.delete(pairKey);
  }

  /** Below 2^53 for any run. */
  #keyOf(number: number, member: number): number {
    return number * this.#largestRoom + member;
  }
}

export interface Fetched {
  readonly sender: number;
  /** A later message of the sender was pushed to the member before this one. */
  readonly isOvertaken: boolean;
}

interface Pair {
  awaited: number;
  /** The latest message that was pushed since; −1: none. */
  lastPushed: number;
}

const FETCHED_KEPT = 2 ** 18;
