import { encodeHistogram } from '../record/hdr-codec.ts';
import type { RawInterval } from '../record/interval-series.ts';
import type { Interval } from '../record/samples.ts';

/** As many seconds as a result and a chart have, at most: forty minutes with each of them. */
const MOST_KEPT = 2_400;
/** What their histograms may take of a result of 5 MB. */
const MOST_BYTES = 2_500_000;

export interface KeptSeconds {
  readonly intervals: readonly Interval[];
  /** Those are the seconds that are multiples of this: 1, 2, 4, … */
  readonly every: number;
  /** How many there were. */
  readonly total: number;
}

/** Keeps every k-th second of a run, for its result: as many as fit, whatever its length. */
export class SecondsKept {
  #kept: RawInterval[] = [];
  #every = 1;
  #total = 0;

  add(interval: RawInterval): void {
    this.#total++;
    if (interval.second % this.#every !== 0) return;
    this.#kept.push(interval);
    if (this.#kept.length > MOST_KEPT) this.#double();
  }

  read(): KeptSeconds {
    for (;;) {
      const intervals = this.#kept.map((raw) => ({ ...raw, delivery: encodeHistogram(raw.delivery) }));
      const bytes = intervals.reduce((sum, { delivery }) => sum + delivery.length, 0);
      if (bytes <= MOST_BYTES) return { intervals, every: this.#every, total: this.#total };
      this.#double();
    }
  }

  #double(): void {
    this.#every *= 2;
    this.#kept = this.#kept.filter(({ second }) => second % this.#every === 0);
  }
}
