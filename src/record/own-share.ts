import { Histogram, mergeSparse, type SparseHistogram, sumSparse } from './histogram.ts';

/** From here on, µs, the generator's part of a time is told: below, it is what timers and ticks cost. */
const OWN_TOLD_US = 1_000;

/**
 * Of the times of a metric, those of which the generator's own part is worth telling: as they were measured, and without that
 * part. All others are what the target took. All together without the generator's part: recorded − measured + without.
 */
export interface OwnShare<Encoded> {
  readonly measured: Encoded;
  readonly without: Encoded;
}

/** Notes the generator's part of times: a message sent late, or read late while its event loop was blocked. */
export class OwnShareRecorder {
  // Made when there is something to note: most runs have nothing.
  #histograms: OwnShare<Histogram> | null = null;

  /** @param ownUs  of the time, µs; what is not worth telling is not noted */
  note(timeUs: number, ownUs: number): void {
    if (ownUs < OWN_TOLD_US) return;
    this.#histograms ??= { measured: new Histogram(), without: new Histogram() };
    this.#histograms.measured.record(timeUs);
    this.#histograms.without.record(Math.max(0, timeUs - ownUs));
  }

  snapshot(): OwnShare<SparseHistogram> {
    const noted = this.#histograms;
    return {
      measured: noted?.measured.snapshot() ?? sumSparse([]),
      without: noted?.without.snapshot() ?? sumSparse([]),
    };
  }
}

/** Times of which the generator's part is known one by one. */
export class OwnedTimes {
  readonly #times = new Histogram();
  readonly #own = new OwnShareRecorder();

  /** @param ownUs  of the time, what the generator added */
  record(timeUs: number, ownUs: number): void {
    this.#times.record(timeUs);
    this.#own.note(timeUs, ownUs);
  }

  snapshot(): SparseHistogram {
    return this.#times.snapshot();
  }

  ownSnapshot(): OwnShare<SparseHistogram> {
    return this.#own.snapshot();
  }
}

export function mergeOwn(one: OwnShare<SparseHistogram>, other: OwnShare<SparseHistogram>): OwnShare<SparseHistogram> {
  return { measured: mergeSparse(one.measured, other.measured), without: mergeSparse(one.without, other.without) };
}

/** All times as they would be without the generator's part. */
export function withoutOwn(
  recorded: SparseHistogram,
  { measured, without }: OwnShare<SparseHistogram>,
): SparseHistogram {
  if (measured.count === 0) return recorded;
  const rest = new Histogram();
  rest.add(recorded);
  rest.subtract(measured);
  rest.add(without);
  return rest.snapshot();
}
