import { type InFlightIndex, NO_SLOT } from './in-flight-index.ts';
import type { SlotTable } from './slot-table.ts';

/**
 * Deliveries that should have arrived and may still come, while the run is under way. Every message is looked at once, when its
 * time is up, and from then on followed: counting costs as much as there were messages since the last call, whatever is in flight.
 */
export class OverdueDeliveries {
  readonly #slots: SlotTable;
  readonly #index: InFlightIndex;
  /** Sequences below it have been looked at. */
  #seenBelow = 0;
  readonly #counts: [warmup: number, measure: number] = [0, 0];

  constructor(slots: SlotTable, index: InFlightIndex) {
    this.#slots = slots;
    this.#index = index;
  }

  /** @param dueBeforeUs  deliveries of messages that were to be sent before this time are overdue; must not decrease */
  count(dueBeforeUs: number): readonly [warmup: number, measure: number] {
    for (; this.#seenBelow < this.#index.sentCount; this.#seenBelow++) {
      const slot = this.#index.find(this.#seenBelow);
      if (slot === NO_SLOT) continue;
      if (this.#slots.intendedAtUs[slot]! >= dueBeforeUs) break;
      this.#counts[this.#slots.measured[slot] as 0 | 1] += this.#slots.remaining[slot]!;
    }
    return this.#counts;
  }

  /** So many deliveries of this slot's message are waited for no longer. */
  settle(slot: number, deliveries: number): void {
    if (this.#slots.sequence[slot]! < this.#seenBelow) this.#counts[this.#slots.measured[slot] as 0 | 1] -= deliveries;
  }
}
