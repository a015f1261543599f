import type { Absences } from './absences.ts';
import { FetchedDeliveries } from './fetched-deliveries.ts';
import { NO_SLOT } from './in-flight-index.ts';
import type { LedgerBooks } from './ledger-books.ts';
import { MessageExamples } from './message-examples.ts';
import type { OpenMessages } from './open-messages.ts';
import { PushOrder } from './push-order.ts';
import type { Recipients } from './recipients.ts';

/**
 * What arrives at clients, held against what is expected: delivered once, again, out of order, to a stranger, or never.
 *
 * A message whose slot has been recycled had reached all its recipients; a further delivery of it to a member is therefore a
 * duplicate, and to anyone else misrouted. Nothing needs to be remembered of a settled message to tell.
 */
export class DeliveryAudit {
  readonly examples = new MessageExamples();
  readonly #open: OpenMessages;
  readonly #books: LedgerBooks;
  readonly #recipients: Recipients;
  readonly #absences: Absences;
  readonly #fetched: FetchedDeliveries;
  readonly #order: PushOrder;

  /** @param largestRoom  members of the largest room */
  constructor(open: OpenMessages, books: LedgerBooks, recipients: Recipients, absences: Absences, largestRoom: number) {
    this.#open = open;
    this.#books = books;
    this.#recipients = recipients;
    this.#absences = absences;
    this.#fetched = new FetchedDeliveries(largestRoom);
    this.#order = new PushOrder(open.slots, this.#fetched);
  }

  /** A frame with this marker arrived at a client. Yields the message's slot where it is the first one, otherwise `NO_SLOT`. */
  deliver(sequence: number, room: number, recipient: number): number {
    const slot = this.#open.find(sequence);
    const isMember = this.#recipients.roomOf(recipient) === room;
    if (slot === NO_SLOT) return this.#deliverSettled(sequence, room, recipient, isMember);
    const { slots } = this.#open;
    if (!isMember || slots.room[slot] !== room) return this.#report(slot, 'misrouted', recipient);
    const member = this.#recipients.positionOf(recipient, room);
    const sender = slots.sender[slot]!;
    // Where the server does not send it back, its own message is one that the sender already has.
    if (!this.#recipients.include(recipient, sender) || !slots.markReceived(slot, member)) {
      if (this.#absences.wasAway(recipient, sequence)) return NO_SLOT;
      return this.#acceptPushOfFetched(sequence, room, recipient)
        ? NO_SLOT
        : this.#report(slot, 'duplicated', recipient);
    }
    if (slots.isOvertaken(slot, member)) {
      this.#open.countsOf(slot).reordered++;
      this.examples.keepOpen('reordered', slots, slot, recipient);
    }
    this.#order.markOvertaken(slots.olderOf(slot), member);
    this.#fetched.notePush(sequence, member, sender);
    this.#open.receive(slot);
    return slot;
  }

  /**
   * A recipient has fetched this message itself. Yields its slot where it had not got it before, otherwise `NO_SLOT`, which is no
   * finding: whoever fetches asks for more than is missing. Its push may still be under way, and is none either.
   */
  recover(sequence: number, room: number, recipient: number): number {
    const slot = this.#open.find(sequence);
    const { slots } = this.#open;
    if (slot === NO_SLOT || this.#recipients.roomOf(recipient) !== room || slots.room[slot] !== room) return NO_SLOT;
    if (!this.#recipients.include(recipient, slots.sender[slot]!)) return NO_SLOT;
    const member = this.#recipients.positionOf(recipient, room);
    if (!slots.markReceived(slot, member)) return NO_SLOT;
    this.#open.countsOf(slot).recovered++;
    this.#fetched.keep(sequence, member, slots.sender[slot]!, slots.isOvertaken(slot, member));
    this.#open.receive(slot);
    return slot;
  }

  /** A marker of another shard of this run, or one that was never sent: nobody here was to get it. */
  misroute(room: number, recipient: number, sequence: number): void {
    this.#books.ofStrays.misrouted++;
    this.examples.keepSettled('misrouted', sequence, room, recipient);
  }

  /**
   * What an open message still lacks never comes: counted, and told.
   *
   * @param onLost  told of each recipient that has not got it; null: nobody asks
   */
  lose(slot: number, onLost: ((client: number) => void) | null): void {
    const { slots } = this.#open;
    this.#open.countsOf(slot).lost += slots.remaining[slot]!;
    const isExample = this.examples.hasRoomFor('lost');
    if (!isExample && onLost === null) return;
    for (const client of this.#recipients.lackingOf(slots, slot)) {
      if (isExample) this.examples.keepOpen('lost', slots, slot, client);
      onLost?.(client);
    }
  }

  #deliverSettled(sequence: number, room: number, recipient: number, isMember: boolean): number {
    if (isMember && this.#absences.wasAway(recipient, sequence)) return NO_SLOT;
    if (isMember && this.#acceptPushOfFetched(sequence, room, recipient)) return NO_SLOT;
    const kind = isMember && sequence < this.#open.nextSequence ? 'duplicated' : 'misrouted';
    this.#books.ofSettled(sequence)[kind]++;
    this.examples.keepSettled(kind, sequence, room, recipient);
    return NO_SLOT;
  }

  #report(slot: number, kind: 'duplicated' | 'misrouted', recipient: number): number {
    this.#open.countsOf(slot)[kind]++;
    this.examples.keepOpen(kind, this.#open.slots, slot, recipient);
    return NO_SLOT;
  }

  /**
   * False: the recipient had not fetched the message, or was pushed it since. Otherwise its push is no finding, and has its turn
   * among the pushes all the same.
   */
  #acceptPushOfFetched(sequence: number, room: number, recipient: number): boolean {
    const member = this.#recipients.positionOf(recipient, room);
    const fetched = this.#fetched.take(sequence, member);
    if (fetched === undefined) return false;
    const { sender, isOvertaken } = fetched;
    if (isOvertaken) {
      this.#books.ofSettled(sequence).reordered++;
      this.examples.keepSettled('reordered', sequence, room, recipient, sender);
    }
    this.#order.markOvertakenBy(sequence, sender, member);
    this.#fetched.notePush(sequence, member, sender);
    return true;
  }
}
