/**
 * The intended send times of a load, one after the other.
 *
 * `next` yields integer microseconds since the load's start, strictly increasing, or `NO_ARRIVAL` when the load is over.
 * A stream is deterministic: two streams of one load yield the same times.
 */
export interface ArrivalStream {
  next(): number;
}

export const NO_ARRIVAL = -1;
