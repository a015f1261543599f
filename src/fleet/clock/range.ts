import { leastOf, mostOf } from '../../extremes.ts';

/** All that a figure may be, ends included. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** What a − b may be. */
export function subtractRange(a: Range, b: Range): Range {
  return { low: a.low - b.high, high: a.high - b.low };
}

/** −a */
export function negateRange({ low, high }: Range): Range {
  return { low: -high, high: -low };
}

/** Null where they have nothing in common. */
export function intersectRanges(a: Range, b: Range): Range | null {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return low <= high ? { low, high } : null;
}

/**
 * What several sources leave open of one figure where fewer than half of them are wrong: from the least to the greatest value that lies
 * within all but ⌊(n − 1) / 2⌋ of their ranges. The truth is one of these values, so it lies between (K. Marzullo and S. Owicki,
 * "Maintaining the time in a distributed system", 1983). Null where no value does: more are wrong, or none has answered.
 */
export function agreeOnRange(ranges: readonly Range[]): Range | null {
  const needed = ranges.length - Math.floor((ranges.length - 1) / 2);
  const covered = ranges
    .flatMap(({ low, high }) => [low, high])
    .filter((value) => ranges.filter(({ low, high }) => low <= value && value <= high).length >= needed);
  return covered.length === 0 ? null : { low: leastOf(covered), high: mostOf(covered) };
}
