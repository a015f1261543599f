/**
 * Sequence → slot. The last `WINDOW` sequences are looked up in a ring; what is still open when the ring comes round to
 * its place (a straggler: late, or lost) moves to a map. A lookup in the ring is one array access.
 */
export class InFlightIndex {
  readonly #ring = new Int32Array(WINDOW).fill(NO_SLOT);
  readonly #stragglers = new Map<number, number>();
  /** Sequences below it have been sent, here or elsewhere. */
  #next = 0;

  get sentCount(): number {
    return this.#next;
  }

  /**
   * Sequences must be added in ascending order; the ring's places follow from it.
   *
   * @param sequence the one that follows the last; where it is a later one, those in between are settled, and were sent elsewhere
   */
  add(slot: number, sequence: number = this.#next): number {
    while (this.#next < sequence) this.#vacate(this.#next++);
    this.#ring[this.#vacate(this.#next++)] = slot;
    return sequence;
  }

  /** Yields the sequence's place in the ring, which is then empty. */
  #vacate(sequence: number): number {
    const place = sequence & (WINDOW - 1);
    const previous = this.#ring[place]!;
    if (previous !== NO_SLOT) {
      this.#stragglers.set(sequence - WINDOW, previous);
      this.#ring[place] = NO_SLOT;
    }
    return place;
  }

  /** The slot of an open message, or `NO_SLOT` when it is settled or was never sent. */
  find(sequence: number): number {
    if (sequence >= this.#next) return NO_SLOT;
    if (sequence >= this.#next - WINDOW) return this.#ring[sequence & (WINDOW - 1)]!;
    return this.#stragglers.get(sequence) ?? NO_SLOT;
  }

  remove(sequence: number): void {
    if (sequence >= this.#next - WINDOW) this.#ring[sequence & (WINDOW - 1)] = NO_SLOT;
    else this.#stragglers.delete(sequence);
  }

  /** Every open message, in order of its sequence. */
  *openSlots(): Generator<number> {
    for (const slot of this.#stragglers.values()) yield slot;
    for (let sequence = Math.max(0, this.#next - WINDOW); sequence < this.#next; sequence++) {
      const slot = this.#ring[sequence & (WINDOW - 1)]!;
      if (slot !== NO_SLOT) yield slot;
    }
  }
}

export const NO_SLOT = -1;

/** A power of two; half a second at the highest rates, more than a minute at those of most servers. */
const WINDOW = 2 ** 17;
