import type { RawInterval } from '../record/interval-series.ts';
import type { Interval } from '../record/samples.ts';
import { encodeSecond, SecondsByDue } from '../record/seconds-by-due.ts';

/** As many seconds as a result and a chart have, at most: forty minutes with each of them. */
const MOST_KEPT = 2_400;
/** What their histograms may take of a result of 5 MB. */
const MOST_BYTES = 3_000_000;

export interface KeptSeconds {
  readonly intervals: readonly Interval[];
  /** Those are the seconds that are multiples of this: 1, 2, 4, … */
  readonly every: number;
  /** How many there were. */
  readonly total: number;
}

/** Keeps every k-th second of a run, for its result: as many as fit, whatever its length. */
export class SecondsKept {
  readonly #kept = new SecondsByDue();
  #every = 1;
  #total = 0;

  add(interval: RawInterval): void {
    this.#total++;
    this.#kept.add(interval, this.#isKept);
    if (this.#kept.size > MOST_KEPT) this.#double();
  }

  read(): KeptSeconds {
    for (;;) {
      const intervals = this.#kept.read().map(encodeSecond);
      const bytes = intervals.reduce((sum, second) => sum + textOf(second), 0);
      if (bytes <= MOST_BYTES) return { intervals, every: this.#every, total: this.#total };
      this.#double();
    }
  }

  #double(): void {
    this.#every *= 2;
    this.#kept.forgetUnless(this.#isKept);
  }

  readonly #isKept = (second: number): boolean => second % this.#every === 0;
}

/** Characters of its histograms. */
function textOf({ delivery, due, loopDelay }: Interval): number {
  return delivery.length + (due?.length ?? 0) + loopDelay.length;
}
