import type { SparseHistogram } from './histogram.ts';
import { Histogram } from './histogram.ts';
import type { Interval } from './samples.ts';

/** One second of one shard, as it is recorded: the raw form of `Interval`. */
export type RawInterval = Interval<SparseHistogram>;

const SECOND_US = 1_000_000;

/**
 * Cuts what happens into seconds of the run. Every event first calls `advanceTo` with its own time, so that it counts in
 * the second in which it happened even when no timer ran in between; a timer does it for seconds in which nothing happens.
 */
export class IntervalSeries {
  offered = 0;
  sent = 0;
  skipped = 0;
  delivered = 0;
  latenessMaxUs = 0;
  readonly delivery = new Histogram();
  #second = 0;
  #endUs = SECOND_US;
  readonly #emit: (interval: RawInterval) => void;
  readonly #countInFlight: () => number;
  readonly #drainLoopDelay: () => SparseHistogram;

  constructor(
    emit: (interval: RawInterval) => void,
    countInFlight: () => number,
    drainLoopDelay: () => SparseHistogram,
  ) {
    this.#emit = emit;
    this.#countInFlight = countInFlight;
    this.#drainLoopDelay = drainLoopDelay;
  }

  advanceTo(nowUs: number): void {
    while (nowUs >= this.#endUs) this.#close();
  }

  /** Emits the second under way, unless nothing happened in it. */
  finish(): void {
    if (this.offered + this.sent + this.skipped + this.delivered > 0) this.#close();
  }

  #close(): void {
    this.#emit({
      second: this.#second,
      offered: this.offered,
      sent: this.sent,
      skipped: this.skipped,
      delivered: this.delivered,
      inFlight: this.#countInFlight(),
      latenessMaxUs: this.latenessMaxUs,
      delivery: this.delivery.drain(),
      loopDelay: this.#drainLoopDelay(),
    });
    this.#second++;
    this.#endUs += SECOND_US;
    this.offered = 0;
    this.sent = 0;
    this.skipped = 0;
    this.delivered = 0;
    this.latenessMaxUs = 0;
  }
}
