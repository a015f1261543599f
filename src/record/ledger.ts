import { FetchedDeliveries } from './fetched-deliveries.ts';
import { InFlightIndex, NO_SLOT } from './in-flight-index.ts';
import { type MutableCounts, zeroCounts } from './ledger-counts.ts';
import { OverdueDeliveries } from './overdue-deliveries.ts';
import type { LedgerCounts, LedgersSoFar, MessageExample } from './samples.ts';
import { SlotTable } from './slot-table.ts';

/** How deliveries are expected: who is a member of which room, and who gets a message. */
export interface Audience {
  readonly rooms: RoomLayout;
  /** The server sends a message to its sender, too. */
  readonly senderReceives: boolean;
  readonly expectsAck: boolean;
  /** A refused message is sent again after the next reconnect, so that it stays open; default false. */
  readonly retriesRefused?: boolean;
}

/** Rooms are runs of consecutive clients; a client belongs to one room. */
export interface RoomLayout {
  readonly largestRoom: number;
  sizeOf(room: number): number;
  firstClientOf(room: number): number;
  roomOf(client: number): number;
}

/** When a message was sent that still waits at the generator: later than any time. */
export const UNSENT_US = Number.POSITIVE_INFINITY;

/** What a delivery turned out to be. `known`: the first push of what the recipient had fetched before, which is no finding. */
export const DELIVERY = { once: 0, duplicate: 1, misrouted: 2, known: 3 } as const;
export type DeliveryKind = (typeof DELIVERY)[keyof typeof DELIVERY];

/**
 * The delivery audit of one shard: exact per message and recipient, in memory O(messages in flight).
 *
 * Invariants: planned = sent + skipped, expected = once + lost. A message whose slot has been recycled had reached all its
 * recipients; a further delivery of it to a member is therefore a duplicate, and to anyone else misrouted. Nothing needs
 * to be remembered of a settled message to tell.
 */
export class Ledger {
  readonly slots: SlotTable;
  /** After `deliver` yielded `once`: the message's slot, valid until `settle`. */
  slot = NO_SLOT;
  readonly examples: MessageExample[] = [];
  readonly #audience: Audience;
  readonly #rooms: RoomLayout;
  readonly #selfRecipients: number;
  readonly #index = new InFlightIndex();
  /** Index 0: warm-up, 1: measure. */
  readonly #counts: readonly [MutableCounts, MutableCounts] = [zeroCounts(), zeroCounts()];
  #firstMeasured = Number.POSITIVE_INFINITY;
  readonly #overdue: OverdueDeliveries;
  /** Per sender, for each member of its room: the last sequence that arrived, plus 1. */
  readonly #lastDelivered: (Float64Array | undefined)[] = [];
  readonly #fetched: FetchedDeliveries;

  constructor(audience: Audience) {
    this.#audience = audience;
    this.#rooms = audience.rooms;
    this.#selfRecipients = audience.senderReceives ? 1 : 0;
    this.slots = new SlotTable(audience.rooms.largestRoom);
    this.#overdue = new OverdueDeliveries(this.slots, this.#index);
    this.#fetched = new FetchedDeliveries(audience.rooms.largestRoom);
  }

  recipientsOf(room: number): number {
    return this.#rooms.sizeOf(room) - 1 + this.#selfRecipients;
  }

  get inFlight(): number {
    return this.slots.inUse;
  }

  /**
   * Adds a message that is about to be sent; yields its sequence in this shard.
   *
   * @param sentAtUs `UNSENT_US`: it goes out when it is dispatched
   */
  open(room: number, sender: number, intendedAtUs: number, sentAtUs: number, measured: boolean): number {
    const slot = this.slots.take();
    const recipients = this.recipientsOf(room);
    const sequence = this.#index.add(slot);
    const { slots } = this;
    slots.sequence[slot] = sequence;
    slots.room[slot] = room;
    slots.sender[slot] = sender;
    slots.intendedAtUs[slot] = intendedAtUs;
    slots.sentAtUs[slot] = sentAtUs;
    slots.remaining[slot] = recipients;
    slots.ackPending[slot] = this.#audience.expectsAck ? 1 : 0;
    slots.measured[slot] = measured ? 1 : 0;
    if (measured && sequence < this.#firstMeasured) this.#firstMeasured = sequence;
    const counts = this.#counts[measured ? 1 : 0];
    counts.planned++;
    counts.sent++;
    counts.expected += recipients;
    return sequence;
  }

  /** A message that was due and could not be sent. */
  skip(measured: boolean): void {
    const counts = this.#counts[measured ? 1 : 0];
    counts.planned++;
    counts.skipped++;
  }

  /** A message that was opened waits at its sender for a connection. */
  hold(sequence: number): void {
    this.#counts[sequence >= this.#firstMeasured ? 1 : 0].held++;
  }

  /** A message that waited at its sender goes out now, on its first way. */
  release(sequence: number, nowUs: number): void {
    const slot = this.#index.find(sequence);
    if (slot !== NO_SLOT) this.slots.sentAtUs[slot] = nowUs;
  }

  /** A message that was opened unsent goes out now, for the first time: yields its slot, otherwise `NO_SLOT`. */
  dispatch(sequence: number, nowUs: number): number {
    const slot = this.#index.find(sequence);
    if (slot === NO_SLOT || this.slots.sentAtUs[slot] !== UNSENT_US) return NO_SLOT;
    this.slots.sentAtUs[slot] = nowUs;
    return slot;
  }

  /** Messages that were opened and never went out are skipped ones: nobody can expect them. Yields how many there are. */
  skipUnsent(): number {
    const unsent = [...this.#index.openSlots()].filter((slot) => this.slots.sentAtUs[slot] === UNSENT_US);
    for (const slot of unsent) {
      const counts = this.#counts[this.slots.measured[slot] as 0 | 1];
      counts.sent--;
      counts.skipped++;
      counts.expected -= this.slots.remaining[slot]!;
      this.slots.remaining[slot] = 0;
      this.slots.ackPending[slot] = 0;
      this.settle(slot);
    }
    return unsent.length;
  }

  /** The server has neither acknowledged the message nor, where refusals are final, refused it. */
  isAwaitingAck(sequence: number): boolean {
    const slot = this.#index.find(sequence);
    return slot !== NO_SLOT && this.slots.ackPending[slot] === 1;
  }

  /**
   * A recipient has fetched this message itself. True, and `slot` set, where it had not got it before; anything else is no
   * finding: whoever fetches asks for more than is missing. Its push may still be under way, and is none either.
   */
  recover(sequence: number, room: number, recipient: number): boolean {
    const slot = this.#index.find(sequence);
    this.slot = slot;
    if (slot === NO_SLOT || this.#rooms.roomOf(recipient) !== room || this.slots.room[slot] !== room) return false;
    if (recipient === this.slots.sender[slot] && !this.#audience.senderReceives) return false;
    const member = this.#memberOf(room, recipient);
    if (!this.slots.markReceived(slot, member)) return false;
    this.#overdue.settle(slot, 1);
    this.slots.remaining[slot]!--;
    const counts = this.#counts[this.slots.measured[slot] as 0 | 1];
    counts.once++;
    counts.recovered++;
    this.#fetched.keep(sequence, member, this.slots.sender[slot]!);
    return true;
  }

  /** Rooms in which a message that was sent before this time has not reached everybody. */
  listRoomsMissing(sentBeforeUs: number): ReadonlySet<number> {
    const rooms = new Set<number>();
    for (const slot of this.#index.openSlots()) {
      const isOverdue = this.slots.remaining[slot]! > 0 && this.slots.sentAtUs[slot]! < sentBeforeUs;
      if (isOverdue) rooms.add(this.slots.room[slot]!);
    }
    return rooms;
  }

  /** A frame with this marker arrived at a client. Sets `slot` where the answer is `once`. */
  deliver(sequence: number, room: number, recipient: number): DeliveryKind {
    const slot = this.#index.find(sequence);
    this.slot = slot;
    const isMember = this.#rooms.roomOf(recipient) === room;
    if (slot === NO_SLOT) return this.#deliverSettled(sequence, room, recipient, isMember);
    const member = this.#memberOf(room, recipient);
    const sender = this.slots.sender[slot]!;
    if (!isMember) return this.#report(slot, 'misrouted', recipient);
    // Where the server does not send it back, its own message is one that the sender already has.
    const isOwn = recipient === sender && !this.#audience.senderReceives;
    if (isOwn || !this.slots.markReceived(slot, member)) {
      return this.#takeFetched(sequence, room, recipient)
        ? DELIVERY.known
        : this.#report(slot, 'duplicated', recipient);
    }
    this.#overdue.settle(slot, 1);
    this.slots.remaining[slot]!--;
    this.#counts[this.slots.measured[slot] as 0 | 1].once++;
    if (!this.#isInOrder(sequence, room, sender, recipient)) {
      this.#counts[this.slots.measured[slot] as 0 | 1].reordered++;
      this.#keepSlotExample('reordered', slot, recipient);
    }
    return DELIVERY.once;
  }

  /** A marker of another shard of this run, or one that was never sent: nobody here was to get it. */
  misroute(room: number, recipient: number, sequence: number): void {
    this.#counts[1].misrouted++;
    this.#keepExample({ kind: 'misrouted', sequence, room, sender: 0, recipient, intendedAtUs: 0 });
  }

  late(slot: number): void {
    this.#counts[this.slots.measured[slot] as 0 | 1].late++;
  }

  /** The server acknowledged the message; yields its slot, or `NO_SLOT` where it had already, or never been sent. */
  acknowledge(sequence: number): number {
    const slot = this.#index.find(sequence);
    if (slot === NO_SLOT || this.slots.ackPending[slot] === 0) return NO_SLOT;
    this.slots.ackPending[slot] = 0;
    this.#counts[this.slots.measured[slot] as 0 | 1].acked++;
    return slot;
  }

  /**
   * The server refused the message. It stays expected: a refused message is a lost one to its recipients.
   *
   * @returns whether it is one of measure
   */
  reject(sequence: number): boolean {
    const isMeasured = sequence >= this.#firstMeasured;
    this.#counts[isMeasured ? 1 : 0].rejected++;
    if (this.#audience.retriesRefused === true) return isMeasured;
    const slot = this.#index.find(sequence);
    if (slot !== NO_SLOT) this.slots.ackPending[slot] = 0;
    return isMeasured;
  }

  /**
   * The server's limiter refused the message: counted, and nobody is to get it any more. Yields its slot, still to be settled, or
   * `NO_SLOT` where it was acknowledged, or never sent.
   */
  limit(sequence: number): number {
    const slot = this.#index.find(sequence);
    if (slot === NO_SLOT || this.slots.ackPending[slot] === 0) return NO_SLOT;
    const counts = this.#counts[this.slots.measured[slot] as 0 | 1];
    counts.rejected++;
    counts.limited++;
    counts.expected -= this.slots.remaining[slot]!;
    this.#overdue.settle(slot, this.slots.remaining[slot]!);
    this.slots.remaining[slot] = 0;
    this.slots.ackPending[slot] = 0;
    return slot;
  }

  /** Recycles the slot once nothing more is expected. Must come last: the slot's columns may belong to another after it. */
  settle(slot: number): void {
    if (this.slots.remaining[slot] !== 0 || this.slots.ackPending[slot] !== 0) return;
    this.#index.remove(this.slots.sequence[slot]!);
    this.slots.recycle(slot);
  }

  /** Deliveries still expected. 0: drain is over. */
  countOutstanding(): number {
    const [warmup, measure] = this.#counts;
    return warmup.expected - warmup.once + (measure.expected - measure.once);
  }

  /** Messages that the server has neither acknowledged nor refused; 0 where it does not acknowledge. */
  countAwaitedAcks(): number {
    if (!this.#audience.expectsAck) return 0;
    return this.#counts.reduce((sum, { sent, acked, rejected }) => sum + Math.max(0, sent - acked - rejected), 0);
  }

  /**
   * The audit of a run that is still under way. `lost` counts the deliveries that are overdue: they may still come, and are late
   * then.
   *
   * @param dueBeforeUs  deliveries of messages that were to be sent before this time should have arrived; must not decrease
   */
  auditSoFar(dueBeforeUs: number): LedgersSoFar {
    const [warmup, measure] = this.#counts;
    const [warmupLost, lost] = this.#overdue.count(dueBeforeUs);
    return { warmup: { ...warmup, lost: warmupLost }, measure: { ...measure, lost } };
  }

  /** The audit as it stands: what has not been delivered counts as lost. */
  close(): { warmup: LedgerCounts; measure: LedgerCounts } {
    const [warmup, measure] = this.#counts;
    for (const counts of this.#counts) counts.lost = counts.expected - counts.once;
    for (const slot of this.#index.openSlots()) this.#keepLostExamples(slot);
    return { warmup: { ...warmup }, measure: { ...measure } };
  }

  #deliverSettled(sequence: number, room: number, recipient: number, isMember: boolean): DeliveryKind {
    if (isMember && this.#takeFetched(sequence, room, recipient)) return DELIVERY.known;
    const kind = isMember && sequence < this.#index.sentCount ? 'duplicated' : 'misrouted';
    this.#counts[sequence >= this.#firstMeasured ? 1 : 0][kind]++;
    this.#keepExample({ kind, sequence, room, sender: 0, recipient, intendedAtUs: 0 });
    return kind === 'duplicated' ? DELIVERY.duplicate : DELIVERY.misrouted;
  }

  #report(slot: number, kind: 'duplicated' | 'misrouted', recipient: number): DeliveryKind {
    this.#counts[this.slots.measured[slot] as 0 | 1][kind]++;
    this.#keepSlotExample(kind, slot, recipient);
    return kind === 'duplicated' ? DELIVERY.duplicate : DELIVERY.misrouted;
  }

  /** A push of this message reaches the recipient now: false where a later one of the same sender was pushed to it before. */
  #isInOrder(sequence: number, room: number, sender: number, recipient: number): boolean {
    let last = this.#lastDelivered[sender];
    if (last === undefined) {
      last = new Float64Array(this.#rooms.sizeOf(room));
      this.#lastDelivered[sender] = last;
    }
    const member = this.#memberOf(room, recipient);
    if (sequence + 1 <= last[member]!) return false;
    last[member] = sequence + 1;
    return true;
  }

  /**
   * Whether the recipient had fetched the message and is only now pushed it, once; its turn among the pushes counts all the same.
   */
  #takeFetched(sequence: number, room: number, recipient: number): boolean {
    const sender = this.#fetched.take(sequence, this.#memberOf(room, recipient));
    if (sender === undefined) return false;
    if (!this.#isInOrder(sequence, room, sender, recipient)) {
      this.#counts[sequence >= this.#firstMeasured ? 1 : 0].reordered++;
      this.#keepExample({ kind: 'reordered', sequence, room, sender, recipient, intendedAtUs: 0 });
    }
    return true;
  }

  /** Position of a client in the room that it belongs to. */
  #memberOf(room: number, client: number): number {
    return client - this.#rooms.firstClientOf(room);
  }

  #keepLostExamples(slot: number): void {
    const room = this.slots.room[slot]!;
    const first = this.#rooms.firstClientOf(room);
    for (let member = 0; member < this.#rooms.sizeOf(room) && this.slots.remaining[slot]! > 0; member++) {
      const isRecipient = this.#audience.senderReceives || first + member !== this.slots.sender[slot];
      if (isRecipient && !this.slots.hasReceived(slot, member)) this.#keepSlotExample('lost', slot, first + member);
    }
  }

  #keepSlotExample(kind: MessageExample['kind'], slot: number, recipient: number): void {
    this.#keepExample({
      kind,
      sequence: this.slots.sequence[slot]!,
      room: this.slots.room[slot]!,
      sender: this.slots.sender[slot]!,
      recipient,
      intendedAtUs: this.slots.intendedAtUs[slot]!,
    });
  }

  #keepExample(example: MessageExample): void {
    if (this.examples.filter((kept) => kept.kind === example.kind).length < EXAMPLES_KEPT) this.examples.push(example);
  }
}

/** Examples kept per kind of trouble. */
export const EXAMPLES_KEPT = 20;
