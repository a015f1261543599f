/** Where a search looks, and how closely. */
export interface SearchRange {
  /** No value below is tried, > 0. */
  readonly from: number;
  /** No value above is tried; at least `from`. Where there is no multiple of the granularity between both, one below is. */
  readonly to: number;
  /** The search ends when the lowest value that failed is at most this share above the highest that held; > 0. */
  readonly precision: number;
  /** Values are multiples of this, such as 2 for clients that live in rooms of two; > 0. */
  readonly granularity: number;
}

export interface FoundCapacity {
  /** The highest value that held; null where not even the first one did. */
  readonly value: number | null;
  /** The lowest value that failed; null where everything up to `to` held. */
  readonly failedAt: number | null;
}

/**
 * Searches the highest value that holds: doubles until one fails, halves the gap on a logarithmic scale, and confirms what it
 * has found. On a noisy machine one bad trial must not cost half of the range: while searching, a value has failed when it
 * failed twice. Yields each value to try; `next(held)` takes the outcome.
 *
 * At most 2 · (log₂(to / from) + 1 + log₂(1 / precision)) trials, and those of the confirmation.
 */
export function* searchCapacity(range: SearchRange): Generator<number, FoundCapacity, boolean> {
  const round = (value: number) => Math.max(1, Math.round(value / range.granularity)) * range.granularity;
  const last = Math.max(1, Math.floor(range.to / range.granularity + EPSILON)) * range.granularity;
  const first = Math.min(last, Math.ceil(range.from / range.granularity - EPSILON) * range.granularity);
  let held: number | null = null;
  let failed: number | null = null;

  for (let value = first; failed === null && held !== last; value = Math.min(round(value * 2), last)) {
    if (yield* holds(value)) held = value;
    else failed = value;
  }
  if (held === null) return { value: null, failedAt: failed };

  while (failed !== null && failed > held * (1 + range.precision)) {
    const middle: number = round(Math.sqrt(held * failed));
    if (middle <= held || middle >= failed) break;
    if (yield* holds(middle)) held = middle;
    else failed = middle;
  }

  while (!(yield held)) {
    failed = held;
    const lower: number = round(held / (1 + range.precision));
    held = lower < held ? lower : held - range.granularity;
    if (held < first) return { value: null, failedAt: failed };
  }
  return { value: held, failedAt: failed };
}

/** 0.3 / 0.1 is a little below 3. */
const EPSILON = 1e-9;

function* holds(value: number): Generator<number, boolean, boolean> {
  return (yield value) || (yield value);
}
