import { Absences } from './absences.ts';
import { FetchedDeliveries } from './fetched-deliveries.ts';
import type { ClientGroups } from './group-recorder.ts';
import { InFlightIndex, NO_SLOT } from './in-flight-index.ts';
import { addCounts, type MutableCounts, zeroCounts } from './ledger-counts.ts';
import { MessageExamples } from './message-examples.ts';
import { OverdueDeliveries } from './overdue-deliveries.ts';
import { PushOrder } from './push-order.ts';
import type { LedgerCounts, LedgersSoFar, MessageExample } from './samples.ts';
import { SlotTable, UNWRITTEN_US } from './slot-table.ts';

/** How deliveries are expected: who is a member of which room, and who gets a message. */
export interface Audience {
  readonly rooms: RoomLayout;
  /** The server sends a message to its sender, too. */
  readonly senderReceives: boolean;
  readonly expectsAck: boolean;
  /** The same of those groups that speak another way, by the group of the sender; null: as all do. Goes with `groups`. */
  readonly byGroup?: readonly (Answers | null)[] | null;
  /** A refused message is sent again after the next reconnect, so that it stays open; default false. */
  readonly retriesRefused?: boolean;
  /** Books are kept for each of them, too; null: there are none. */
  readonly groups?: ClientGroups | null;
  /** Clients come and go, so that who is the last to get a message cannot be told; default false. */
  readonly comeAndGo?: boolean;
  /** Of some rooms, others have members, too: sequences are numbers in the plan, `firstMeasured` is the first of measure. */
  readonly split?: { readonly firstMeasured: number };
}

/** What a server does with a message of its sender. */
export type Answers = Pick<Audience, 'senderReceives' | 'expectsAck'>;

/**
 * Rooms are runs of consecutive clients; a client belongs to one room. Of a room that is split over shards, the members that are
 * clients of this one.
 */
export interface RoomLayout {
  /** Members of the largest room, in all shards. */
  readonly largestRoom: number;
  sizeOf(room: number): number;
  firstSeatOf(room: number): number;
  roomOf(client: number): number;
}

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
 * A message whose slot has been recycled had reached all its recipients; a further delivery of it to a member is therefore a
 * duplicate, and to anyone else misrouted. Nothing needs to be remembered of a settled message to tell. Methods that yield
 * a slot yield it to be read until the next `offer`.
 */
export class Ledger {
  readonly slots = new SlotTable();
  readonly #audience: Audience;
  readonly #rooms: RoomLayout;
  readonly #senderReceives: boolean;
  /** By group; null: all are alike. */
  readonly #byGroup: readonly Answers[] | null;
  readonly #index = new InFlightIndex();
  /** By client; null: there are no groups. */
  readonly #groupOf: Uint8Array | null;
  /** Index 0: warm-up, 1: measure, of what is known to be of no group's messages; then the same of each group. Their sums are the run's. */
  readonly #counts: readonly MutableCounts[];
  /** Who is away is expected to get nothing. */
  readonly #absences = new Absences();
  /** Deliveries that open messages still lack, of both phases. */
  #outstanding = 0;
  /** Open messages of other shards. */
  #foreign = 0;
  #firstMeasured: number;
  readonly #overdue: OverdueDeliveries;
  readonly #fetched: FetchedDeliveries;
  readonly #order: PushOrder;
  readonly #examples = new MessageExamples();
  readonly #onWithdrawn: (slot: number, deliveries: number) => void;

  /** @param onWithdrawn  told that nobody is to get so many deliveries of this slot's message any more */
  constructor(audience: Audience, onWithdrawn: (slot: number, deliveries: number) => void = () => {}) {
    this.#onWithdrawn = onWithdrawn;
    this.#audience = audience;
    this.#firstMeasured = audience.split?.firstMeasured ?? Number.POSITIVE_INFINITY;
    this.#rooms = audience.rooms;
    this.#groupOf = audience.groups?.groupOf ?? null;
    const books = 2 + 2 * (audience.groups?.names.length ?? 0);
    this.#counts = Array.from({ length: books }, zeroCounts);
    this.#senderReceives = audience.senderReceives;
    this.#byGroup = audience.byGroup?.map((one) => one ?? audience) ?? null;
    this.#overdue = new OverdueDeliveries(this.slots, this.#index);
    this.#fetched = new FetchedDeliveries(audience.rooms.largestRoom);
    this.#order = new PushOrder(this.slots, this.#fetched);
  }

  /** Members of the room, in this shard, that are to get what this client sends. */
  recipientsOf(room: number, sender: number): number {
    const size = this.#rooms.sizeOf(room);
    if (this.#echoes(sender)) return size;
    if (this.#audience.split === undefined) return size - 1;
    const position = sender - this.#rooms.firstSeatOf(room);
    return position < 0 || position >= size ? size : size - 1;
  }

  /** The first few troubled messages of each kind. */
  get examples(): readonly MessageExample[] {
    return this.#examples.list;
  }

  /** Messages of this shard's clients, until all recipients in this shard have got them. */
  get inFlight(): number {
    return this.slots.inUse - this.#foreign;
  }

  /** Messages below it were offered or expected, or are no business of this shard. */
  get nextSequence(): number {
    return this.#index.sentCount;
  }

  /**
   * Adds a message that is due and can be sent; yields its sequence in this shard, which must be in the frame.
   *
   * @param sequence its number in the plan, where rooms are split; ascending
   */
  offer(room: number, sender: number, intendedAtUs: number, measured: boolean, sequence?: number): number {
    const slot = this.#open(room, sender, intendedAtUs, measured, sequence);
    this.#countsOfSender(sender, measured).planned++;
    this.slots.sentAtUs[slot] = UNWRITTEN_US;
    this.slots.ackPending[slot] = this.#expectsAck(sender) ? 1 : 0;
    if (this.#absences.areAny) this.#excuseAway(slot, room);
    return this.slots.sequence[slot]!;
  }

  /** Adds a message that a client of another shard is to send about now, by its number in the plan. When it does is not known here. */
  expect(room: number, sender: number, intendedAtUs: number, measured: boolean, sequence: number): void {
    const slot = this.#open(room, sender, intendedAtUs, measured, sequence);
    this.slots.sentAtUs[slot] = intendedAtUs;
    this.slots.ackPending[slot] = 0;
    this.slots.isForeign[slot] = 1;
    this.#foreign++;
    if (this.#absences.areAny) this.#excuseAway(slot, room);
  }

  /** Those messages of other shards of which this is true are never sent: what they lack nobody is to get. */
  withdrawForeign(isUnsent: (sequence: number, sender: number) => boolean): void {
    const { slots } = this;
    for (const slot of [...this.#index.openSlots()]) {
      if (slots.isForeign[slot] === 1 && isUnsent(slots.sequence[slot]!, slots.sender[slot]!)) this.#withdraw(slot);
    }
  }

  /** A message that was due and could not be sent. */
  skip(sender: number, measured: boolean): void {
    const counts = this.#countsOfSender(sender, measured);
    counts.planned++;
    counts.skipped++;
  }

  /** A message that was due, and to which the target had left no connection. */
  shutOut(sender: number, measured: boolean): void {
    const counts = this.#countsOfSender(sender, measured);
    counts.planned++;
    counts.unsendable++;
  }

  /** The message waits at its sender for a connection. It counts as sent: whatever becomes of it is not the generator's doing. */
  hold(sequence: number): number {
    const slot = this.#index.find(sequence);
    if (slot === NO_SLOT || !this.#isWaiting(slot)) return NO_SLOT;
    const counts = this.#countsOf(slot);
    counts.sent++;
    counts.held++;
    this.slots.held[slot] = 1;
    return slot;
  }

  /** The message goes out now. Yields its slot, or `NO_SLOT` where it had gone out before: what is sent again was sent then. */
  write(sequence: number, atUs: number): number {
    const slot = this.#index.find(sequence);
    if (slot === NO_SLOT || this.slots.sentAtUs[slot] !== UNWRITTEN_US) return NO_SLOT;
    if (this.slots.held[slot] === 0) this.#countsOf(slot).sent++;
    this.slots.sentAtUs[slot] = atUs;
    // All its recipients are in other shards, or away.
    if (this.slots.remaining[slot] === 0) this.#settle(slot);
    return slot;
  }

  /** Whose message it is; −1 where nothing is expected of it any more, or where it was never offered. */
  senderOf(sequence: number): number {
    const slot = this.#index.find(sequence);
    return slot === NO_SLOT ? -1 : this.slots.sender[slot]!;
  }

  /** Somebody is still to get the message. */
  isAwaited(sequence: number): boolean {
    const slot = this.#index.find(sequence);
    return slot !== NO_SLOT && this.slots.remaining[slot]! > 0;
  }

  /** The server has neither acknowledged the message nor, where refusals are final, refused it. */
  isAwaitingAck(sequence: number): boolean {
    const slot = this.#index.find(sequence);
    return slot !== NO_SLOT && this.slots.ackPending[slot] === 1;
  }

  /** A frame with this marker arrived at a client. Yields the message's slot where it is the first one, otherwise `NO_SLOT`. */
  deliver(sequence: number, room: number, recipient: number): number {
    const slot = this.#index.find(sequence);
    const isMember = this.#rooms.roomOf(recipient) === room;
    if (slot === NO_SLOT) return this.#deliverSettled(sequence, room, recipient, isMember);
    const { slots } = this;
    if (!isMember || slots.room[slot] !== room) return this.#report(slot, 'misrouted', recipient);
    const member = this.#memberOf(room, recipient);
    const sender = slots.sender[slot]!;
    // Where the server does not send it back, its own message is one that the sender already has.
    const isOwn = recipient === sender && !this.#echoes(sender);
    if (isOwn || !slots.markReceived(slot, member)) {
      if (this.#absences.wasAway(recipient, sequence)) return NO_SLOT;
      return this.#takeFetched(sequence, room, recipient) ? NO_SLOT : this.#report(slot, 'duplicated', recipient);
    }
    if (slots.isOvertaken(slot, member)) {
      this.#countsOf(slot).reordered++;
      this.#keepSlotExample('reordered', slot, recipient);
    }
    this.#order.markOvertaken(slots.olderOf(slot), member);
    this.#fetched.notePush(sequence, member, sender);
    this.#receive(slot);
    return slot;
  }

  /**
   * A recipient has fetched this message itself. Yields its slot where it had not got it before, otherwise `NO_SLOT`, which is no
   * finding: whoever fetches asks for more than is missing. Its push may still be under way, and is none either.
   */
  recover(sequence: number, room: number, recipient: number): number {
    const slot = this.#index.find(sequence);
    const { slots } = this;
    if (slot === NO_SLOT || this.#rooms.roomOf(recipient) !== room || slots.room[slot] !== room) return NO_SLOT;
    if (recipient === slots.sender[slot] && !this.#echoes(recipient)) return NO_SLOT;
    const member = this.#memberOf(room, recipient);
    if (!slots.markReceived(slot, member)) return NO_SLOT;
    this.#countsOf(slot).recovered++;
    this.#fetched.keep(sequence, member, slots.sender[slot]!, slots.isOvertaken(slot, member));
    this.#receive(slot);
    return slot;
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

  /** A marker of another shard of this run, or one that was never sent: nobody here was to get it. */
  misroute(room: number, recipient: number, sequence: number): void {
    this.#counts[1]!.misrouted++;
    this.#examples.keepSettled('misrouted', sequence, room, recipient);
  }

  /** A delivery of this slot's message took too long. */
  countLate(slot: number): void {
    this.#countsOf(slot).late++;
  }

  /** The server acknowledged the message; yields its slot, or `NO_SLOT` where it had already, or never been offered. */
  acknowledge(sequence: number): number {
    const slot = this.#index.find(sequence);
    if (slot === NO_SLOT || this.slots.ackPending[slot] === 0) return NO_SLOT;
    this.#countsOf(slot).acked++;
    this.slots.ackPending[slot] = 0;
    this.#settle(slot);
    return slot;
  }

  /**
   * The server refused the message. It stays expected: a refused message is a lost one to its recipients.
   *
   * @returns whether it is one of measure
   */
  reject(sequence: number): boolean {
    const isMeasured = sequence >= this.#firstMeasured;
    this.#counts[isMeasured ? 1 : 0]!.rejected++;
    if (this.#audience.retriesRefused === true) return isMeasured;
    const slot = this.#index.find(sequence);
    if (slot !== NO_SLOT) {
      this.slots.ackPending[slot] = 0;
      this.#settle(slot);
    }
    return isMeasured;
  }

  /**
   * The server's limiter refused the message: counted, and nobody is to get it any more. Yields its slot, or `NO_SLOT` where it was
   * acknowledged, or never offered.
   */
  limit(sequence: number): number {
    const slot = this.#index.find(sequence);
    if (slot === NO_SLOT || this.slots.ackPending[slot] === 0) return NO_SLOT;
    const counts = this.#countsOf(slot);
    counts.rejected++;
    counts.limited++;
    this.#withdraw(slot);
    return slot;
  }

  /**
   * The client leaves by itself: until it is admitted again nobody expects it to get anything, nor what is under way to it now. What was sent
   * longer ago than `UNDER_WAY_US` should have been there: it stays expected, or whoever leaves would take every loss along.
   */
  excuse(client: number, nowUs: number): void {
    const room = this.#rooms.roomOf(client);
    this.#absences.leave(client, room);
    for (const slot of [...this.#index.openSlots()]) {
      const isUnderWay = this.slots.sentAtUs[slot]! >= nowUs - UNDER_WAY_US;
      if (isUnderWay && this.slots.room[slot] === room) this.#excuseFrom(slot, room, client);
    }
  }

  /** It is back, and expected to get what is sent from now on. What it gets of before is no finding. */
  admit(client: number): void {
    this.#absences.comeBack(client, this.#rooms.roomOf(client), this.#index.sentCount);
  }

  /** Deliveries still awaited. 0: drain is over. */
  countOutstanding(): number {
    return this.#outstanding;
  }

  /** Messages that the server has neither acknowledged nor refused; 0 where it does not acknowledge. */
  countAwaitedAcks(): number {
    return this.#counts.reduce(
      (sum, { sent, acked, rejected }, book) => (this.#acksOf(book) ? sum + Math.max(0, sent - acked - rejected) : sum),
      0,
    );
  }

  /**
   * The audit of a run that is still under way. `lost` counts the deliveries that are overdue: they may still come, and are late
   * then.
   *
   * @param dueBeforeUs  deliveries of messages that were to be sent before this time should have arrived; must not decrease
   */
  auditSoFar(dueBeforeUs: number): LedgersSoFar {
    const [warmup, measure] = [this.#sumOf(0), this.#sumOf(1)];
    const [warmupLost, lost] = this.#overdue.count(dueBeforeUs);
    return {
      warmup: { ...warmup, lost: warmupLost },
      measure: { ...measure, lost },
    };
  }

  /**
   * The audit as it stands: messages that still wait, and not for a connection, are skipped ones, which nobody can expect; what the
   * others lack is lost.
   */
  close(): ClosedLedger {
    const unwritten = this.#skipUnwritten();
    const lostTo = new Array<number>(this.#counts.length / 2 - 1).fill(0);
    for (const slot of this.#index.openSlots()) {
      this.#countsOf(slot).lost += this.slots.remaining[slot]!;
      this.#keepLostExamples(slot);
      if (this.#groupOf !== null && this.slots.measured[slot] === 1) {
        for (const client of this.#lackingOf(slot)) lostTo[this.#groupOf[client]!]!++;
      }
    }
    return {
      warmup: this.#sumOf(0),
      measure: this.#sumOf(1),
      unwritten,
      groups: lostTo.map((_, group) => this.#withAcksExpected(2 * group + 3)),
      lostTo,
    };
  }

  /** All books of a phase together: 0 is warm-up, 1 measure. */
  #sumOf(phase: 0 | 1): LedgerCounts {
    let sum = this.#withAcksExpected(phase);
    for (let book = 2 + phase; book < this.#counts.length; book += 2)
      sum = addCounts(sum, this.#withAcksExpected(book));
    return sum;
  }

  /** Every open message that lacks deliveries. */
  *listMissing(): Generator<MissingDeliveries> {
    const { slots } = this;
    for (const slot of this.#index.openSlots()) {
      const deliveries = slots.remaining[slot]!;
      if (deliveries === 0) continue;
      const measured = slots.measured[slot] === 1;
      yield { sequence: slots.sequence[slot]!, sender: slots.sender[slot]!, deliveries, measured };
    }
  }

  #open(room: number, sender: number, intendedAtUs: number, measured: boolean, wanted: number | undefined): number {
    const { slots } = this;
    const recipients = this.recipientsOf(room, sender);
    const slot = slots.take(sender, this.#rooms.sizeOf(room));
    const sequence = this.#index.add(slot, wanted);
    slots.sequence[slot] = sequence;
    slots.room[slot] = room;
    slots.intendedAtUs[slot] = intendedAtUs;
    slots.remaining[slot] = recipients;
    slots.measured[slot] = measured ? 1 : 0;
    slots.held[slot] = 0;
    if (this.#audience.split !== undefined) slots.isForeign[slot] = 0;
    if (measured && sequence < this.#firstMeasured) this.#firstMeasured = sequence;
    this.#countsOfSender(sender, measured).expected += recipients;
    this.#outstanding += recipients;
    return slot;
  }

  #withAcksExpected(book: number): LedgerCounts {
    const counts = this.#counts[book]!;
    return { ...counts, acksExpected: this.#acksOf(book) ? counts.sent - counts.limited : 0 };
  }

  /** Whether what is in this book is acknowledged. */
  #acksOf(book: number): boolean {
    return (this.#byGroup === null || book < 2 ? this.#audience : this.#byGroup[(book >>> 1) - 1]!).expectsAck;
  }

  #expectsAck(sender: number): boolean {
    return (this.#byGroup === null ? this.#audience : this.#byGroup[this.#groupOf![sender]!]!).expectsAck;
  }

  /** The server sends this client's messages to itself, too. */
  #echoes(sender: number): boolean {
    return this.#byGroup === null ? this.#senderReceives : this.#byGroup[this.#groupOf![sender]!]!.senderReceives;
  }

  #countsOf(slot: number): MutableCounts {
    return this.#countsOfSender(this.slots.sender[slot]!, this.slots.measured[slot] === 1);
  }

  #countsOfSender(sender: number, measured: boolean): MutableCounts {
    const book = this.#groupOf === null ? 0 : 2 + 2 * this.#groupOf[sender]!;
    return this.#counts[measured ? book + 1 : book]!;
  }

  #isWaiting(slot: number): boolean {
    return this.slots.sentAtUs[slot] === UNWRITTEN_US && this.slots.held[slot] === 0;
  }

  #skipUnwritten(): number {
    const waiting = [...this.#index.openSlots()].filter((slot) => this.#isWaiting(slot));
    for (const slot of waiting) {
      this.#countsOf(slot).skipped++;
      this.#withdraw(slot);
    }
    return waiting.length;
  }

  /** One more recipient has it. */
  #receive(slot: number): void {
    this.#countsOf(slot).once++;
    this.#overdue.settle(slot, 1);
    this.#outstanding--;
    this.slots.remaining[slot]!--;
    this.#settle(slot);
  }

  #excuseAway(slot: number, room: number): void {
    for (const client of this.#absences.of(room)) this.#excuseFrom(slot, room, client);
  }

  /** This client is not to get it any more. */
  #excuseFrom(slot: number, room: number, client: number): void {
    const isRecipient = client !== this.slots.sender[slot] || this.#echoes(client);
    if (!isRecipient || !this.slots.markReceived(slot, this.#memberOf(room, client))) return;
    this.#countsOf(slot).expected--;
    this.#overdue.settle(slot, 1);
    this.#onWithdrawn(slot, 1);
    this.#outstanding--;
    this.slots.remaining[slot]!--;
    // One that waits at the generator is settled when it is written.
    if (this.slots.sentAtUs[slot] !== UNWRITTEN_US) this.#settle(slot);
  }

  /** Nobody is to get it any more. */
  #withdraw(slot: number): void {
    const remaining = this.slots.remaining[slot]!;
    this.#countsOf(slot).expected -= remaining;
    this.#overdue.settle(slot, remaining);
    this.#onWithdrawn(slot, remaining);
    this.#outstanding -= remaining;
    this.slots.remaining[slot] = 0;
    this.slots.ackPending[slot] = 0;
    this.#settle(slot);
  }

  /** Recycles the slot once nothing more is expected. */
  #settle(slot: number): void {
    if (this.slots.remaining[slot] !== 0 || this.slots.ackPending[slot] !== 0) return;
    if (this.#foreign > 0 && this.slots.isForeign[slot] === 1) this.#foreign--;
    this.#index.remove(this.slots.sequence[slot]!);
    this.slots.recycle(slot);
  }

  #deliverSettled(sequence: number, room: number, recipient: number, isMember: boolean): number {
    if (isMember && (this.#absences.wasAway(recipient, sequence) || this.#takeFetched(sequence, room, recipient)))
      return NO_SLOT;
    const kind = isMember && sequence < this.#index.sentCount ? 'duplicated' : 'misrouted';
    this.#counts[sequence >= this.#firstMeasured ? 1 : 0]![kind]++;
    this.#examples.keepSettled(kind, sequence, room, recipient);
    return NO_SLOT;
  }

  #report(slot: number, kind: 'duplicated' | 'misrouted', recipient: number): number {
    this.#countsOf(slot)[kind]++;
    this.#keepSlotExample(kind, slot, recipient);
    return NO_SLOT;
  }

  /**
   * Whether the recipient had fetched the message and is only now pushed it, once; its turn among the pushes counts all the same.
   */
  #takeFetched(sequence: number, room: number, recipient: number): boolean {
    const member = this.#memberOf(room, recipient);
    const fetched = this.#fetched.take(sequence, member);
    if (fetched === undefined) return false;
    const { sender, isOvertaken } = fetched;
    if (isOvertaken) {
      this.#counts[sequence >= this.#firstMeasured ? 1 : 0]!.reordered++;
      this.#examples.keepSettled('reordered', sequence, room, recipient, sender);
    }
    this.#order.markOvertakenBy(sequence, sender, member);
    this.#fetched.notePush(sequence, member, sender);
    return true;
  }

  /** Position of a client in the room that it belongs to. */
  #memberOf(room: number, client: number): number {
    return client - this.#rooms.firstSeatOf(room);
  }

  #keepLostExamples(slot: number): void {
    if (this.slots.remaining[slot] === 0 || !this.#examples.hasRoomFor('lost')) return;
    for (const client of this.#lackingOf(slot)) this.#keepSlotExample('lost', slot, client);
  }

  /** Who has not got the slot's message and should have. */
  *#lackingOf(slot: number): Generator<number> {
    if (this.slots.remaining[slot] === 0) return;
    const room = this.slots.room[slot]!;
    const first = this.#rooms.firstSeatOf(room);
    for (let member = 0; member < this.#rooms.sizeOf(room); member++) {
      const isRecipient = first + member !== this.slots.sender[slot] || this.#echoes(first + member);
      if (isRecipient && !this.slots.hasReceived(slot, member)) yield first + member;
    }
  }

  #keepSlotExample(kind: MessageExample['kind'], slot: number, recipient: number): void {
    this.#examples.keep({
      kind,
      sequence: this.slots.sequence[slot]!,
      room: this.slots.room[slot]!,
      sender: this.slots.sender[slot]!,
      recipient,
      intendedAtUs: this.slots.intendedAtUs[slot]!,
    });
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

export interface MissingDeliveries {
  readonly sequence: number;
  readonly sender: number;
  readonly deliveries: number;
  readonly measured: boolean;
}
