import type { Clock } from '../clock.ts';

/** The time of a run, from its start; until that is known, from when this was made. */
export class RunClock {
  readonly clock: Clock;
  #startAtUs: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.#startAtUs = clock.nowUs();
  }

  /** @param startAtUs on the clock, µs */
  begin(startAtUs: number): void {
    this.#startAtUs = startAtUs;
  }

  /** On the clock, µs. */
  get startAtUs(): number {
    return this.#startAtUs;
  }

  /** µs since run start. Bound to its clock, to be handed on. */
  readonly nowUs = (): number => this.clock.nowUs() - this.#startAtUs;
}
