import type { DuePart } from './due-part.ts';
import { DueRecorder } from './due-recorder.ts';
import { type SparseHistogram, sumSparse } from './histogram.ts';
import type { Interval } from './samples.ts';

/** One second of one shard, as it is recorded: the raw form of `Interval`, whose figures by due time are still in parts. */
export interface RawInterval extends Omit<Interval<SparseHistogram>, 'due' | 'lost'> {
  /** What was told in this second of messages that were due in it or before, ascending; `delivery` is their deliveries together. */
  readonly due: readonly DuePart[];
}

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
  readonly due = new DueRecorder();
  #second = 0;
  #endUs = SECOND_US;
  readonly #emit: (interval: RawInterval) => void;
  readonly #countInFlight: () => number;
  readonly #drainLoopDelay: () => SparseHistogram;
  readonly #drainThrottledUs: () => number;

  constructor(
    emit: (interval: RawInterval) => void,
    countInFlight: () => number,
    drainLoopDelay: () => SparseHistogram,
    drainThrottledUs: () => number = () => 0,
  ) {
    this.#emit = emit;
    this.#countInFlight = countInFlight;
    this.#drainLoopDelay = drainLoopDelay;
    this.#drainThrottledUs = drainThrottledUs;
  }

  advanceTo(nowUs: number): void {
    while (nowUs >= this.#endUs) this.#close();
  }

  /** Emits the second under way, unless nothing happened in it. */
  finish(): void {
    if (this.offered + this.sent + this.skipped + this.delivered > 0 || !this.due.isEmpty) this.#close();
  }

  #close(): void {
    const due = this.due.drain();
    const throttledUs = this.#drainThrottledUs();
    this.#emit({
      second: this.#second,
      offered: this.offered,
      sent: this.sent,
      skipped: this.skipped,
      delivered: this.delivered,
      inFlight: this.#countInFlight(),
      latenessMaxUs: this.latenessMaxUs,
      delivery: sumSparse(due.map(({ delivery }) => delivery)),
      due,
      loopDelay: this.#drainLoopDelay(),
      ...(throttledUs === 0 ? {} : { throttledUs }),
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
