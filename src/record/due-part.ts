import { mergeSparse, type SparseHistogram } from './histogram.ts';

/** What became, during one second of a run, of the measured messages that were due in one second: that one, or one before it. */
export interface DuePart {
  /** In which they were due. */
  readonly second: number;
  /**
   * By how many more deliveries are awaited of them: those that came to be expected, less those that arrived or that nobody is to
   * get any more. Over all seconds of a run that is over they add up to what was lost.
   */
  readonly awaited: number;
  /** Latencies of the deliveries that arrived. */
  readonly delivery: SparseHistogram;
}

/** Parts of several shards, added up by the second in which they were due, ascending. Associative and commutative. */
export function mergeDue(a: readonly DuePart[], b: readonly DuePart[]): readonly DuePart[] {
  const merged: DuePart[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const one = a[i];
    const other = b[j];
    if (one !== undefined && other !== undefined && one.second === other.second) {
      merged.push(addDue(one, other));
      i++;
      j++;
    } else if (other === undefined || (one !== undefined && one.second < other.second)) {
      merged.push(one!);
      i++;
    } else {
      merged.push(other);
      j++;
    }
  }
  return merged;
}

/** Two parts of one second. */
export function addDue(a: DuePart, b: DuePart): DuePart {
  return { second: a.second, awaited: a.awaited + b.awaited, delivery: mergeSparse(a.delivery, b.delivery) };
}
