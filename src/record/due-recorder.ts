import type { DuePart } from './due-part.ts';
import { bucketIndexOf, HIGHEST_US, type SparseHistogram } from './histogram.ts';

const SECOND_US = 1_000_000;

/**
 * As old as a message can be told, in seconds between the one in which it was due and the one in which it arrives; what is older
 * counts as this old. Beyond an hour no latency is told either.
 */
export const OLDEST_DUE = HIGHEST_US / SECOND_US + 1;

/**
 * Delivery latencies of one second of the run by the second in which the message was due, recorded without allocation, in memory
 * that does not grow with how late they are: what was due k seconds before the second in which it arrives took k − 1 to k + 1
 * seconds. So only that part of a histogram is there for each k, and all of them together take as much as a few whole ones.
 */
export class DueRecorder {
  /** The second under way. */
  #second: number;
  /** When it begins, µs. */
  #startUs: number;
  readonly #cells = new Uint32Array(CELLS);
  readonly #awaited = new Float64Array(OLDEST_DUE + 1);
  readonly #count = new Float64Array(OLDEST_DUE + 1);
  readonly #sumUs = new Float64Array(OLDEST_DUE + 1);
  readonly #maxUs = new Float64Array(OLDEST_DUE + 1);
  readonly #oddValues = new Float64Array(OLDEST_DUE + 1);
  readonly #touched = new Uint8Array(OLDEST_DUE + 1);
  /** The oldest that anything was told of; −1: nothing was. */
  #oldest = -1;

  /** @param second of the run, the first that is recorded */
  constructor(second = 0) {
    this.#second = second;
    this.#startUs = second * SECOND_US;
  }

  /** So many deliveries more, or fewer, are awaited of a message that was due then. */
  await(intendedAtUs: number, deliveries: number): void {
    const age = this.#touch(intendedAtUs);
    this.#awaited[age] = this.#awaited[age]! + deliveries;
  }

  /** A delivery arrives, which is awaited no longer. */
  record(intendedAtUs: number, latencyUs: number): void {
    const age = this.#touch(intendedAtUs);
    this.#awaited[age] = this.#awaited[age]! - 1;
    let value = latencyUs;
    if (!(value >= 0 && value <= HIGHEST_US)) {
      this.#oddValues[age] = this.#oddValues[age]! + 1;
      if (!(value > HIGHEST_US)) return;
      value = HIGHEST_US;
    }
    let bucket = bucketIndexOf(value);
    const first = FIRST_BUCKET[age]!;
    if (bucket < first) bucket = first;
    const cell = FIRST_CELL[age]! + bucket - first;
    this.#cells[cell] = this.#cells[cell]! + 1;
    this.#count[age] = this.#count[age]! + 1;
    this.#sumUs[age] = this.#sumUs[age]! + value;
    if (value > this.#maxUs[age]!) this.#maxUs[age] = value;
  }

  get isEmpty(): boolean {
    return this.#oldest < 0;
  }

  /** What was told in the second under way, ascending; the next one begins. */
  drain(): readonly DuePart[] {
    const parts: DuePart[] = [];
    for (let age = this.#oldest; age >= 0; age--) {
      if (this.#touched[age] === 0) continue;
      parts.push({ second: this.#second - age, awaited: this.#awaited[age]!, delivery: this.#drainAge(age) });
      this.#touched[age] = 0;
      this.#awaited[age] = 0;
    }
    this.#oldest = -1;
    this.#second++;
    this.#startUs += SECOND_US;
    return parts;
  }

  #touch(intendedAtUs: number): number {
    const age = intendedAtUs >= this.#startUs ? 0 : this.#ageOf(intendedAtUs);
    this.#touched[age] = 1;
    if (age > this.#oldest) this.#oldest = age;
    return age;
  }

  #ageOf(intendedAtUs: number): number {
    return Math.min(OLDEST_DUE, this.#second - Math.floor(intendedAtUs / SECOND_US));
  }

  #drainAge(age: number): SparseHistogram {
    const count = this.#count[age]!;
    const pairs: number[] = [];
    const first = FIRST_BUCKET[age]!;
    const shift = FIRST_CELL[age]! - first;
    const last = count === 0 ? -1 : Math.max(first, bucketIndexOf(this.#maxUs[age]!));
    for (let bucket = first; bucket <= last; bucket++) {
      const inBucket = this.#cells[bucket + shift]!;
      if (inBucket === 0) continue;
      pairs.push(bucket, inBucket);
      this.#cells[bucket + shift] = 0;
    }
    const drained = {
      pairs: Float64Array.from(pairs),
      count,
      sumUs: this.#sumUs[age]!,
      maxUs: this.#maxUs[age]!,
      oddValues: this.#oddValues[age]!,
    };
    this.#count[age] = 0;
    this.#sumUs[age] = 0;
    this.#maxUs[age] = 0;
    this.#oddValues[age] = 0;
    return drained;
  }
}

/**
 * By age the first bucket that is there, and where its cell lies. It reaches a second further down than it has to: an event may
 * carry a time that was taken a moment before another event began the next second.
 */
const FIRST_BUCKET = new Uint32Array(OLDEST_DUE + 1);
const FIRST_CELL = new Uint32Array(OLDEST_DUE + 1);
const CELLS = layOutCells();

function layOutCells(): number {
  let cells = 0;
  for (let age = 0; age <= OLDEST_DUE; age++) {
    FIRST_BUCKET[age] = bucketIndexOf(Math.max(0, age - 2) * SECOND_US);
    FIRST_CELL[age] = cells;
    const last = bucketIndexOf(Math.min(HIGHEST_US, (age + 1) * SECOND_US));
    cells += last - FIRST_BUCKET[age]! + 1;
  }
  return cells;
}
