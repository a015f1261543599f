import type { FetchedDeliveries } from './fetched-deliveries.ts';
import { NO_SLOT } from './in-flight-index.ts';
import type { SlotTable } from './slot-table.ts';

/**
 * In which order members were pushed what one sender sent. In memory O(messages in flight): only those are marked that a later one
 * has overtaken.
 */
export class PushOrder {
  readonly #slots: SlotTable;
  readonly #fetched: FetchedDeliveries;

  constructor(slots: SlotTable, fetched: FetchedDeliveries) {
    this.#slots = slots;
    this.#fetched = fetched;
  }

  /**
   * A message was pushed to this member that is later than `slot` and those before it: what it lacks of them comes out of order.
   * Behind one that it was pushed, or that was marked before, there is nothing left to mark: so every delivery is marked at
   * most once, and where all is in order nothing is.
   */
  markOvertaken(slot: number, member: number): void {
    const slots = this.#slots;
    for (let older = slot; older !== NO_SLOT; older = slots.olderOf(older)) {
      const wasPushed = slots.hasReceived(older, member) && !this.#fetched.has(slots.sequence[older]!, member);
      if (wasPushed || slots.isOvertaken(older, member)) return;
      slots.markOvertaken(older, member);
    }
  }

  /** The same where the message that was pushed is settled. */
  markOvertakenBy(sequence: number, sender: number, member: number): void {
    const slots = this.#slots;
    let older = slots.latestOf(sender);
    while (older !== NO_SLOT && slots.sequence[older]! >= sequence) older = slots.olderOf(older);
    this.markOvertaken(older, member);
  }
}
