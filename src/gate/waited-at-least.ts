import { bucketIndexOf, HIGHEST_US, type SparseHistogram } from '../record/histogram.ts';

const SECOND_US = 1_000_000;

/**
 * What deliveries that have not arrived come to at least: they have waited since the end of the second in which they were due. Taken
 * for that long, they can only turn out later, so that whoever looks while a run is under way sees what can only become worse.
 *
 * @param awaited  by the second in which they were due, ascending; counts below 1 are none
 * @param second  the one that has just passed
 */
export function waitedAtLeast(
  awaited: Iterable<readonly [second: number, count: number]>,
  second: number,
): SparseHistogram {
  const waited = [...awaited]
    .filter(([, count]) => count > 0)
    .map(([due, count]) => [Math.min(HIGHEST_US, Math.max(0, second - due) * SECOND_US), count] as const)
    .reverse();
  const byBucket = new Map<number, number>();
  for (const [us, count] of waited) byBucket.set(bucketIndexOf(us), (byBucket.get(bucketIndexOf(us)) ?? 0) + count);
  return {
    pairs: Float64Array.from([...byBucket].flat()),
    count: waited.reduce((sum, [, count]) => sum + count, 0),
    sumUs: waited.reduce((sum, [us, count]) => sum + us * count, 0),
    maxUs: waited.at(-1)?.[0] ?? 0,
    oddValues: 0,
  };
}

/** Deliveries that have not arrived, by the second in which they were due; those of long ago count in the oldest that is open. */
export class AwaitedBySecond {
  readonly #open: number;
  readonly #bySecond = new Map<number, number>();
  #second = -1;

  /** @param openSeconds  as many are told apart */
  constructor(openSeconds: number) {
    this.#open = openSeconds;
  }

  add(due: number, count: number): void {
    const second = Math.max(due, this.#oldest);
    this.#bySecond.set(second, (this.#bySecond.get(second) ?? 0) + count);
  }

  /** This second has passed. */
  pass(second: number): void {
    this.#second = Math.max(this.#second, second);
    for (const [due, count] of this.#bySecond) {
      if (due < this.#oldest || count === 0) this.#bySecond.delete(due);
      if (due < this.#oldest && count !== 0) this.add(due, count);
    }
  }

  count(): number {
    return [...this.#bySecond.values()].reduce((sum, count) => sum + count, 0);
  }

  waited(): SparseHistogram {
    return waitedAtLeast(
      [...this.#bySecond].sort(([one], [other]) => one - other),
      this.#second,
    );
  }

  get #oldest(): number {
    return this.#second - this.#open;
  }
}
