import { Absences } from './absences.ts';
import { AnswersBySender } from './answers-by-sender.ts';
import type { Audience } from './audience.ts';
import { DeliveryAudit } from './delivery-audit.ts';
import { NO_SLOT } from './in-flight-index.ts';
import { LedgerBooks } from './ledger-books.ts';
import { type MissingDeliveries, OpenMessages } from './open-messages.ts';
import { Recipients } from './recipients.ts';
import type { LedgerCounts, LedgersSoFar, MessageExample } from './samples.ts';
import { type SlotTable, UNWRITTEN_US } from './slot-table.ts';

/**
 * The delivery audit of one shard: exact per message and recipient, in memory O(messages in flight).
 *
 * A message is offered, then written, once, and settles by itself when nothing more is expected for it; one that waits for its
 * sender's connection is held in between. The books are kept twice over: `expected` and `once` count events, `lost` is what the
 * open messages still lack when they are closed. That planned = sent + skipped + unsendable and expected = once + lost is therefore
 * a check, which `assessValidity` makes.
 *
 * In a room that is split over shards each keeps the books for its own members: a message is offered where its sender is, expected in
 * the others, and everywhere known by its number in the plan.
 *
 * Methods that yield a slot yield it to be read until the next `offer`.
 */
export class Ledger {
  readonly slots: SlotTable;
  readonly recipients: Recipients;
  readonly #answers: AnswersBySender;
  readonly #audience: Audience;
  readonly #books: LedgerBooks;
  readonly #open: OpenMessages;
  /** Who is away is expected to get nothing. */
  readonly #absences = new Absences();
  readonly #deliveries: DeliveryAudit;

  /** @param onWithdrawn  told that nobody is to get so many deliveries of this slot's message any more */
  constructor(audience: Audience, onWithdrawn: (slot: number, deliveries: number) => void = () => {}) {
    this.#audience = audience;
    this.#answers = new AnswersBySender(audience);
    this.recipients = new Recipients(audience, this.#answers);
    this.#books = new LedgerBooks(audience.groups ?? null, this.#answers, audience.split?.firstMeasured);
    this.#open = new OpenMessages(this.#books, onWithdrawn);
    this.slots = this.#open.slots;
    const { largestRoom } = audience.rooms;
    this.#deliveries = new DeliveryAudit(this.#open, this.#books, this.recipients, this.#absences, largestRoom);
  }

  /** The first few troubled messages of each kind. */
  get examples(): readonly MessageExample[] {
    return this.#deliveries.examples.list;
  }

  /** Messages of this shard's clients, until all recipients in this shard have got them. */
  get inFlight(): number {
    return this.#open.own;
  }

  /** Messages below it were offered or expected, or are no business of this shard. */
  get nextSequence(): number {
    return this.#open.nextSequence;
  }

  /**
   * Adds a message that is due and can be sent; yields its sequence in this shard, which must be in the frame.
   *
   * @param sequence   its number in the plan, where rooms are split; ascending
   * @param recipients how many are to get it, where the caller knows
   */
  offer(
    room: number,
    sender: number,
    intendedAtUs: number,
    measured: boolean,
    sequence?: number,
    recipients = this.recipients.countOf(room, sender),
  ): number {
    const { slots } = this;
    const members = this.recipients.membersOf(room);
    const slot = this.#open.open(room, sender, members, recipients, intendedAtUs, measured, false, sequence);
    this.#books.ofSender(sender, measured).planned++;
    slots.sentAtUs[slot] = UNWRITTEN_US;
    slots.ackPending[slot] = this.#answers.to(sender).expectsAck ? 1 : 0;
    if (this.#absences.areAny) this.#excuseAway(slot, room);
    return slots.sequence[slot]!;
  }

  /** Adds a message that a client of another shard is to send about now, by its number in the plan. When it does is not known here. */
  expect(
    room: number,
    sender: number,
    intendedAtUs: number,
    measured: boolean,
    sequence: number,
    recipients: number,
  ): void {
    const members = this.recipients.membersOf(room);
    const slot = this.#open.open(room, sender, members, recipients, intendedAtUs, measured, true, sequence);
    this.slots.sentAtUs[slot] = intendedAtUs;
    this.slots.ackPending[slot] = 0;
    if (this.#absences.areAny) this.#excuseAway(slot, room);
  }

  /** Those messages of other shards of which this is true are never sent: what they lack nobody is to get. */
  withdrawForeign(isUnsent: (sequence: number, sender: number) => boolean): void {
    const { slots } = this;
    for (const slot of [...this.#open.list()]) {
      if (slots.isForeign[slot] === 1 && isUnsent(slots.sequence[slot]!, slots.sender[slot]!)) {
        this.#open.withdraw(slot);
      }
    }
  }

  /** A message that was due and could not be sent. */
  skip(sender: number, measured: boolean): void {
    const counts = this.#books.ofSender(sender, measured);
    counts.planned++;
    counts.skipped++;
  }

  /** A message that was due, and to which the target had left no connection. */
  shutOut(sender: number, measured: boolean): void {
    const counts = this.#books.ofSender(sender, measured);
    counts.planned++;
    counts.unsendable++;
  }

  /** The message waits at its sender for a connection. It counts as sent: whatever becomes of it is not the generator's doing. */
  hold(sequence: number): number {
    const slot = this.#open.find(sequence);
    if (slot === NO_SLOT || !this.#open.isWaiting(slot)) return NO_SLOT;
    const counts = this.#open.countsOf(slot);
    counts.sent++;
    counts.held++;
    this.slots.held[slot] = 1;
    return slot;
  }

  /** The message goes out now. Yields its slot, or `NO_SLOT` where it had gone out before: what is sent again was sent then. */
  write(sequence: number, atUs: number): number {
    const slot = this.#open.find(sequence);
    if (slot === NO_SLOT || this.slots.sentAtUs[slot] !== UNWRITTEN_US) return NO_SLOT;
    if (this.slots.held[slot] === 0) this.#open.countsOf(slot).sent++;
    this.slots.sentAtUs[slot] = atUs;
    // All its recipients are in other shards, or away.
    if (this.slots.remaining[slot] === 0) this.#open.settle(slot);
    return slot;
  }

  /** Whose message it is; −1 where nothing is expected of it any more, or where it was never offered. */
  senderOf(sequence: number): number {
    const slot = this.#open.find(sequence);
    return slot === NO_SLOT ? -1 : this.slots.sender[slot]!;
  }

  /** Somebody is still to get the message. */
  isAwaited(sequence: number): boolean {
    const slot = this.#open.find(sequence);
    return slot !== NO_SLOT && this.slots.remaining[slot]! > 0;
  }

  /** The server has neither acknowledged the message nor, where refusals are final, refused it. */
  isAwaitingAck(sequence: number): boolean {
    const slot = this.#open.find(sequence);
    return slot !== NO_SLOT && this.slots.ackPending[slot] === 1;
  }

  /** Rooms in which a message that was sent before this time has not reached everybody. */
  listRoomsMissing(sentBeforeUs: number): ReadonlySet<number> {
    return this.#open.listRoomsMissing(sentBeforeUs);
  }

  /** A frame with this marker arrived at a client. Yields the message's slot where it is the first one, otherwise `NO_SLOT`. */
  deliver(sequence: number, room: number, recipient: number): number {
    return this.#deliveries.deliver(sequence, room, recipient);
  }

  /** A recipient has fetched this message itself. Yields its slot where it had not got it before, otherwise `NO_SLOT`, which is no finding. */
  recover(sequence: number, room: number, recipient: number): number {
    return this.#deliveries.recover(sequence, room, recipient);
  }

  /** A marker of another shard of this run, or one that was never sent: nobody here was to get it. */
  misroute(room: number, recipient: number, sequence: number): void {
    this.#deliveries.misroute(room, recipient, sequence);
  }

  /** A delivery of this slot's message took too long. */
  countLate(slot: number): void {
    this.#open.countsOf(slot).late++;
  }

  /** The server acknowledged the message; yields its slot, or `NO_SLOT` where it had already, or never been offered. */
  acknowledge(sequence: number): number {
    const slot = this.#open.find(sequence);
    if (slot === NO_SLOT || this.slots.ackPending[slot] === 0) return NO_SLOT;
    this.#open.countsOf(slot).acked++;
    this.slots.ackPending[slot] = 0;
    this.#open.settle(slot);
    return slot;
  }

  /**
   * The server refused the message. It stays expected: a refused message is a lost one to its recipients.
   *
   * @returns whether it is one of measure
   */
  reject(sequence: number): boolean {
    this.#books.ofSettled(sequence).rejected++;
    const slot = this.#audience.retriesRefused === true ? NO_SLOT : this.#open.find(sequence);
    if (slot !== NO_SLOT) {
      this.slots.ackPending[slot] = 0;
      this.#open.settle(slot);
    }
    return this.#books.isMeasured(sequence);
  }

  /**
   * The server's limiter refused the message: counted, and nobody is to get it any more. Yields its slot, or `NO_SLOT` where it was
   * acknowledged, or never offered.
   */
  limit(sequence: number): number {
    const slot = this.#open.find(sequence);
    if (slot === NO_SLOT || this.slots.ackPending[slot] === 0) return NO_SLOT;
    const counts = this.#open.countsOf(slot);
    counts.rejected++;
    counts.limited++;
    this.#open.withdraw(slot);
    return slot;
  }

  /**
   * The client leaves by itself: until it is admitted again nobody expects it to get anything, nor what is under way to it now. What was sent
   * longer ago than `UNDER_WAY_US` should have been there: it stays expected, or whoever leaves would take every loss along.
   */
  excuse(client: number, nowUs: number): void {
    const room = this.recipients.roomOf(client);
    this.#absences.leave(client, room);
    for (const slot of [...this.#open.list()]) {
      const isUnderWay = this.slots.sentAtUs[slot]! >= nowUs - UNDER_WAY_US;
      if (isUnderWay && this.slots.room[slot] === room) this.#excuseFrom(slot, room, client);
    }
  }

  /** It is back, and expected to get what is sent from now on. What it gets of before is no finding. */
  admit(client: number): void {
    this.#absences.comeBack(client, this.recipients.roomOf(client), this.#open.nextSequence);
  }

  /** Deliveries still awaited. 0: drain is over. */
  countOutstanding(): number {
    return this.#open.outstanding;
  }

  /** Messages that the server has neither acknowledged nor refused; 0 where it does not acknowledge. */
  countAwaitedAcks(): number {
    return this.#books.countAwaitedAcks();
  }

  /**
   * The audit of a run that is still under way. `lost` counts the deliveries that are overdue: they may still come, and are late
   * then.
   *
   * @param dueBeforeUs  deliveries of messages that were to be sent before this time should have arrived; must not decrease
   */
  auditSoFar(dueBeforeUs: number): LedgersSoFar {
    const [warmupLost, lost] = this.#open.countOverdue(dueBeforeUs);
    return {
      warmup: { ...this.#books.sumOf(0), lost: warmupLost },
      measure: { ...this.#books.sumOf(1), lost },
    };
  }

  /**
   * The audit as it stands: messages that still wait, and not for a connection, are skipped ones, which nobody can expect; what the
   * others lack is lost.
   */
  close(): ClosedLedger {
    const unwritten = this.#open.skipUnwritten();
    const { groups } = this.#audience;
    const lostTo = new Array<number>(groups?.names.length ?? 0).fill(0);
    const countLost = groups ? (client: number) => lostTo[groups.groupOf[client]!]!++ : null;
    for (const slot of this.#open.list()) {
      this.#deliveries.lose(slot, this.slots.measured[slot] === 1 ? countLost : null);
    }
    return {
      warmup: this.#books.sumOf(0),
      measure: this.#books.sumOf(1),
      unwritten,
      groups: this.#books.listGroups(),
      lostTo,
    };
  }

  /** Every open message that lacks deliveries. */
  listMissing(): Iterable<MissingDeliveries> {
    return this.#open.listMissing();
  }

  #excuseAway(slot: number, room: number): void {
    for (const client of this.#absences.of(room)) this.#excuseFrom(slot, room, client);
  }

  /** This client is not to get it any more. */
  #excuseFrom(slot: number, room: number, client: number): void {
    if (!this.recipients.include(client, this.slots.sender[slot]!)) return;
    if (this.slots.markReceived(slot, this.recipients.positionOf(client, room))) this.#open.excuse(slot);
  }
}

/** A message that is on its way for longer has been lost, or is so late that its recipient has waited in vain. */
const UNDER_WAY_US = 1_000_000;

export interface ClosedLedger extends LedgersSoFar {
  /** Of those skipped, the messages that were offered and never written. */
  readonly unwritten: number;
  /** Of measure: by the sender's group, and by the recipient's what is lost. Empty where there are no groups. */
  readonly groups: readonly LedgerCounts[];
  readonly lostTo: readonly number[];
}
