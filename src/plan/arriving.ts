import type { RunPlan } from './run-plan.ts';

/**
 * Who is there while clients come one after the other: those below a number, which grows evenly through each step from the start of measure
 * on, and only grows. Client i comes when the number reaches i + ½; those that are there from the beginning come before the run.
 */
export class Arriving {
  readonly #steps: NonNullable<RunPlan['arriving']>;
  readonly #beginUs: number;
  /** There from the beginning: at least one. */
  readonly initial: number;

  constructor(steps: NonNullable<RunPlan['arriving']>, { warmupUs }: RunPlan['phases']) {
    this.#steps = steps;
    this.#beginUs = warmupUs;
    this.initial = Math.max(1, Math.round(steps[0]?.from ?? 0));
  }

  /** When a client comes, µs since run start; −∞: it is there from the beginning. */
  comesAtUs(client: number): number {
    if (client < this.initial) return Number.NEGATIVE_INFINITY;
    let beginUs = this.#beginUs;
    for (const { from, to, durationUs } of this.#steps) {
      if (to >= client + 0.5) return beginUs + Math.ceil((durationUs * (client + 0.5 - from)) / (to - from));
      beginUs += durationUs;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** How many have come for long enough, at this time, to be taken for there: what they send finds them connected. */
  countSettled(atUs: number): number {
    let low = this.initial;
    let high = Math.max(low, Math.round(this.#steps.at(-1)?.to ?? 0));
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.comesAtUs(middle) + SETTLED_US <= atUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** From coming to being taken for there. */
const SETTLED_US = 500_000;

/** Null: all clients are there from the beginning. */
export function openArriving({ arriving, phases }: RunPlan): Arriving | null {
  return arriving === undefined ? null : new Arriving(arriving, phases);
}
