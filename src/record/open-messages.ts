import { InFlightIndex } from './in-flight-index.ts';
import type { LedgerBooks } from './ledger-books.ts';
import type { MutableCounts } from './ledger-counts.ts';
import { OverdueDeliveries } from './overdue-deliveries.ts';
import { SlotTable, UNWRITTEN_US } from './slot-table.ts';

/**
 * Messages of which something is still expected: a delivery, or the server's acknowledgement. One settles by itself when nothing
 * is, and its slot is then recycled; it may be read until the next `open`.
 */
export class OpenMessages {
  readonly slots = new SlotTable();
  readonly #index = new InFlightIndex();
  readonly #overdue = new OverdueDeliveries(this.slots, this.#index);
  readonly #books: LedgerBooks;
  readonly #onWithdrawn: (slot: number, deliveries: number) => void;
  /** Deliveries that they still lack, of both phases. */
  #outstanding = 0;
  /** Those that clients of other shards send. */
  #foreign = 0;

  /** @param onWithdrawn  told that nobody is to get so many deliveries of this slot's message any more */
  constructor(books: LedgerBooks, onWithdrawn: (slot: number, deliveries: number) => void) {
    this.#books = books;
    this.#onWithdrawn = onWithdrawn;
  }

  /** Messages below it were opened, or are no business of this shard. */
  get nextSequence(): number {
    return this.#index.sentCount;
  }

  get outstanding(): number {
    return this.#outstanding;
  }

  /** Of this shard's clients. */
  get own(): number {
    return this.slots.inUse - this.#foreign;
  }

  /**
   * Yields the slot, of which `sentAtUs` and `ackPending` are still to be set.
   *
   * @param members     of its room
   * @param recipients  those of them that are to get it
   * @param sequence    ascending; undefined: the next one
   */
  open(
    room: number,
    sender: number,
    members: number,
    recipients: number,
    intendedAtUs: number,
    measured: boolean,
    isForeign: boolean,
    sequence: number | undefined,
  ): number {
    const { slots } = this;
    const slot = slots.take(sender, members);
    const given = this.#index.add(slot, sequence);
    slots.sequence[slot] = given;
    slots.room[slot] = room;
    slots.intendedAtUs[slot] = intendedAtUs;
    slots.recipients[slot] = recipients;
    slots.remaining[slot] = recipients;
    slots.measured[slot] = measured ? 1 : 0;
    slots.held[slot] = 0;
    slots.isForeign[slot] = isForeign ? 1 : 0;
    if (isForeign) this.#foreign++;
    if (measured) this.#books.noteMeasured(given);
    this.#books.ofSender(sender, measured).expected += recipients;
    this.#outstanding += recipients;
    return slot;
  }

  /** The slot of a message, or `NO_SLOT` where it is settled or was never opened. */
  find(sequence: number): number {
    return this.#index.find(sequence);
  }

  /** In order of their sequence. */
  list(): Iterable<number> {
    return this.#index.openSlots();
  }

  countsOf(slot: number): MutableCounts {
    return this.#books.ofSender(this.slots.sender[slot]!, this.slots.measured[slot] === 1);
  }

  /** It waits for its first write, and not for its sender's connection to come back. */
  isWaiting(slot: number): boolean {
    return this.slots.sentAtUs[slot] === UNWRITTEN_US && this.slots.held[slot] === 0;
  }

  /** One more recipient has it. */
  receive(slot: number): void {
    this.countsOf(slot).once++;
    this.#overdue.settle(slot, 1);
    this.#outstanding--;
    this.slots.remaining[slot]!--;
    this.settle(slot);
  }

  /** One recipient fewer is to get it. */
  excuse(slot: number): void {
    this.#awaitFewer(slot, 1);
    // One that waits at the generator is settled when it is written.
    if (this.slots.sentAtUs[slot] !== UNWRITTEN_US) this.settle(slot);
  }

  /** Nobody is to get it any more. */
  withdraw(slot: number): void {
    this.#awaitFewer(slot, this.slots.remaining[slot]!);
    this.slots.ackPending[slot] = 0;
    this.settle(slot);
  }

  /** Recycles the slot once nothing more is expected. */
  settle(slot: number): void {
    if (this.slots.remaining[slot] !== 0 || this.slots.ackPending[slot] !== 0) return;
    if (this.#foreign > 0 && this.slots.isForeign[slot] === 1) this.#foreign--;
    this.#index.remove(this.slots.sequence[slot]!);
    this.slots.recycle(slot);
  }

  /** What was never written is skipped: nobody can expect it. Yields how many there were. */
  skipUnwritten(): number {
    const waiting = [...this.list()].filter((slot) => this.isWaiting(slot));
    for (const slot of waiting) {
      this.countsOf(slot).skipped++;
      this.withdraw(slot);
    }
    return waiting.length;
  }

  /**
   * Deliveries that are overdue and may still come.
   *
   * @param dueBeforeUs  those of messages that were to be sent before this time; must not decrease
   */
  countOverdue(dueBeforeUs: number): readonly [warmup: number, measure: number] {
    return this.#overdue.count(dueBeforeUs);
  }

  /** Those that lack deliveries. */
  *listMissing(): Generator<MissingDeliveries> {
    const { slots } = this;
    for (const slot of this.list()) {
      const deliveries = slots.remaining[slot]!;
      if (deliveries === 0) continue;
      const measured = slots.measured[slot] === 1;
      yield { sequence: slots.sequence[slot]!, sender: slots.sender[slot]!, deliveries, measured };
    }
  }

  /** Rooms in which a message that was sent before this time has not reached everybody. */
  listRoomsMissing(sentBeforeUs: number): ReadonlySet<number> {
    const rooms = new Set<number>();
    for (const slot of this.list()) {
      const isOverdue = this.slots.remaining[slot]! > 0 && this.slots.sentAtUs[slot]! < sentBeforeUs;
      if (isOverdue) rooms.add(this.slots.room[slot]!);
    }
    return rooms;
  }

  #awaitFewer(slot: number, deliveries: number): void {
    this.countsOf(slot).expected -= deliveries;
    this.#overdue.settle(slot, deliveries);
    this.#onWithdrawn(slot, deliveries);
    this.#outstanding -= deliveries;
    this.slots.remaining[slot]! -= deliveries;
  }
}

export interface MissingDeliveries {
  readonly sequence: number;
  readonly sender: number;
  readonly deliveries: number;
  readonly measured: boolean;
}
