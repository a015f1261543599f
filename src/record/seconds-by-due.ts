import { addDue, type DuePart } from './due-part.ts';
import { encodeHistogram } from './hdr-codec.ts';
import { type SparseHistogram, sumSparse } from './histogram.ts';
import type { RawInterval } from './interval-series.ts';
import type { Interval } from './samples.ts';

/** A second with all that became of what was due in it. */
export type SettledSecond = Interval<SparseHistogram> & { readonly due: SparseHistogram };

/** Seconds of a run, put together by when things were due: each is told of for as long as what was due in it arrives. */
export class SecondsByDue {
  readonly #seconds = new Map<number, Omit<RawInterval, 'due'>>();
  readonly #due = new Map<number, DuePart>();

  /** @param isKept  whether a second is: of others nothing is remembered */
  add({ due, ...interval }: RawInterval, isKept: (second: number) => boolean = () => true): void {
    if (isKept(interval.second)) this.#seconds.set(interval.second, interval);
    for (const part of due) {
      if (!isKept(part.second)) continue;
      const before = this.#due.get(part.second);
      this.#due.set(part.second, before === undefined ? part : addDue(before, part));
    }
  }

  get size(): number {
    return this.#seconds.size;
  }

  forgetUnless(isKept: (second: number) => boolean): void {
    for (const map of [this.#seconds, this.#due]) {
      for (const second of map.keys()) if (!isKept(second)) map.delete(second);
    }
  }

  /** Ascending. */
  read(): readonly SettledSecond[] {
    return [...this.#seconds.values()]
      .sort((one, other) => one.second - other.second)
      .map((interval) => {
        const due = this.#due.get(interval.second);
        return { ...interval, due: due?.delivery ?? sumSparse([]), lost: Math.max(0, due?.awaited ?? 0) };
      });
  }
}

/** As it is kept in a result. */
export function encodeSecond(second: SettledSecond): Interval {
  return {
    ...second,
    delivery: encodeHistogram(second.delivery),
    due: encodeHistogram(second.due),
    loopDelay: encodeHistogram(second.loopDelay),
  };
}
