/**
 * Deliveries that a recipient fetched itself and whose push may still be under way. Of so many only the latest `FETCHED_KEPT` are
 * remembered: a push that comes later than that many fetches counts as duplicated.
 */
export class FetchedDeliveries {
  readonly #largestRoom: number;
  /** Sender by message and member of its room. */
  readonly #senders = new Map<number, number>();

  /** @param largestRoom members of the largest room */
  constructor(largestRoom: number) {
    this.#largestRoom = largestRoom;
  }

  /** @param member position of the recipient in its room */
  keep(sequence: number, member: number, sender: number): void {
    this.#senders.set(this.#keyOf(sequence, member), sender);
    if (this.#senders.size <= FETCHED_KEPT) return;
    const oldest = this.#senders.keys().next();
    if (oldest.done !== true) this.#senders.delete(oldest.value);
  }

  /** The sender of a delivery that was fetched, once; undefined where it was not. */
  take(sequence: number, member: number): number | undefined {
    const key = this.#keyOf(sequence, member);
    const sender = this.#senders.get(key);
    if (sender !== undefined) this.#senders.delete(key);
    return sender;
  }

  /** Below 2^53 for any run. */
  #keyOf(sequence: number, member: number): number {
    return sequence * this.#largestRoom + member;
  }
}

const FETCHED_KEPT = 2 ** 18;
