import { leastOf } from '../extremes.ts';
import { mergeSparse, type SparseHistogram, sumSparse } from '../record/histogram.ts';
import { type KnownRun, ownMaxOf } from './known-run.ts';
import { type SecondCounts, SecondsFold } from './seconds-fold.ts';
import { type Measured, measureIn, type Threshold, worseOf } from './threshold.ts';
import { type Following, SECONDS_ALONE, type ThresholdFollower } from './threshold-follower.ts';
import { waitedAtLeast } from './waited-at-least.ts';
import { dueSeconds, type Span, type Timetable, wholeSeconds } from './window.ts';

const SECOND_US = 1_000_000;

/**
 * Follows a threshold that looks at every stretch of some length. A stretch whose seconds are all closed to what comes late is
 * looked at once and for good; of those that are open each time the ones that look different by now.
 */
export function followStretches(
  threshold: Threshold,
  timetable: Timetable,
  span: Span,
  everyUs: number,
  { openSeconds, isOver, read }: Following,
): ThresholdFollower {
  const length = everyUs / SECOND_US;
  const [first, end] = wholeSeconds(span, Number.POSITIVE_INFINITY);
  const [firstDue, endDue] = dueSeconds(span, timetable);
  const kept = new Map<number, KeptSecond>();
  const closed = new Stretch(kept);
  /** The most that the generator was late or blocked in each second from there on. */
  const own = new Map<number, number>();
  /** Of stretches that are open, by where they begin, as they were looked at last. */
  const looked = new Map<number, Measured | null>();
  let last = -1;
  /** Where the first stretch begins that is not closed. */
  let from = first;
  let worst: Measured | null = null;

  const keep = (second: number): KeptSecond => {
    const known = kept.get(second) ?? { second, ...NOTHING };
    kept.set(second, known);
    return known;
  };
  const worstOwn = (within: Span, longestUs: number): number => {
    const [begin, over] = dueSeconds(within, timetable);
    let worstUs = 0;
    for (let second = begin; second < over + Math.ceil(longestUs / SECOND_US); second++) {
      worstUs = Math.max(worstUs, own.get(second) ?? 0);
    }
    return worstUs;
  };
  const look = (stretch: Stretch, at: number): Measured | null => {
    stretch.moveTo(at, at + length);
    const waited = (awaited: readonly (readonly [number, number])[]) => waitedAtLeast(awaited, last);
    const within = { fromUs: at * SECOND_US, toUs: at * SECOND_US + everyUs };
    const ownMaxUs = (longestUs: number) => (read === undefined ? 0 : worstOwn(within, longestUs));
    const known = { ...SECONDS_ALONE, timetable, ...stretch.read(isOver ? null : waited, ownMaxUs) };
    return measureIn(threshold, known, within, read);
  };
  /** Whatever lies in or behind this second looks different. */
  const forgetFrom = (second: number) => {
    for (const at of looked.keys()) if (at + length > second) looked.delete(at);
  };
  return {
    add(interval, depth) {
      const { second, due, ...counts } = interval;
      last = Math.max(last, second);
      if (second >= from - 1) own.set(second, ownMaxOf(interval));
      if (second >= first && second < end) Object.assign(keep(second), { counts, depth });
      const oldest = Math.max(first, last - openSeconds);
      for (const part of due) {
        if (part.second < firstDue || part.second >= endDue || oldest >= end) continue;
        // What was due where measure begins or ends within a second counts in the whole one beside it.
        const known = keep(Math.min(end - 1, Math.max(oldest, part.second)));
        known.due = mergeSparse(known.due, part.delivery);
        known.awaited += part.awaited;
        forgetFrom(known.second);
      }
      for (; from + length <= Math.min(end, last - openSeconds); from++) {
        worst = worseOf(threshold, worst, look(closed, from));
        looked.delete(from);
        kept.delete(from);
        own.delete(from - 1);
      }
    },
    measure() {
      // What is awaited has waited for longer by now.
      const waiting = [...kept.values()].flatMap(({ second, awaited }) => (awaited > 0 ? [second] : []));
      if (waiting.length > 0) forgetFrom(leastOf(waiting));
      const open = new Stretch(kept);
      let found = worst;
      for (let at = from; at + length <= Math.min(end, last + 1); at++) {
        if (!looked.has(at)) looked.set(at, look(open, at));
        found = worseOf(threshold, found, looked.get(at) ?? null);
      }
      return found;
    },
  };
}

/** A second that some stretch is still to be made of. */
interface KeptSecond {
  readonly second: number;
  /** By when it happened; null where nothing is known but what was due in it. */
  counts: SecondCounts | null;
  /** Of the queue at its end. */
  depth: number | null;
  due: SparseHistogram;
  awaited: number;
}

const NOTHING = { counts: null, depth: null, due: sumSparse([]), awaited: 0 } as const;

/** A stretch of kept seconds that moves on. */
class Stretch {
  readonly #kept: ReadonlyMap<number, KeptSecond>;
  readonly #fold = new SecondsFold();
  /** As they were folded in, ascending. */
  #inside: Readonly<KeptSecond>[] = [];
  #end = 0;

  constructor(kept: ReadonlyMap<number, KeptSecond>) {
    this.#kept = kept;
  }

  /** Neither may be less than before. */
  moveTo(first: number, end: number): void {
    for (let second = Math.max(first, this.#end); second < end; second++) {
      const known = this.#kept.get(second);
      if (known !== undefined) this.#add({ ...known });
    }
    this.#end = end;
    while (this.#inside.length > 0 && this.#inside[0]!.second < first) {
      const { counts, due } = this.#inside.shift()!;
      if (counts !== null) this.#fold.remove(counts);
      this.#fold.removeDue(due);
    }
  }

  /**
   * @param waited  yields what is awaited as it has waited; null: it is lost
   * @param ownMaxUs  yields what the generator can have added at most, where the largest of the times is this
   */
  read(
    waited: ((awaited: readonly (readonly [number, number])[]) => SparseHistogram) | null,
    ownMaxUs: (longestUs: number) => number,
  ): Pick<KnownRun, 'seconds' | 'queue'> {
    const inside = this.#inside;
    if (inside.length === 0) return { seconds: [], queue: null };
    const awaited = inside.map(({ second, awaited: count }) => [second, Math.max(0, count)] as const);
    const lost = waited === null ? awaited.reduce((sum, [, count]) => sum + count, 0) : 0;
    const folded = this.#fold.read(inside[0]!.second, lost, waited?.(awaited) ?? null, 0);
    const depths = inside.flatMap(({ second, depth }) => (depth === null ? [] : [{ second, depth }]));
    return {
      seconds: [{ ...folded, ownMaxUs: ownMaxUs(folded.due.maxUs) }],
      queue: {
        atUs: depths.map(({ second }) => (second + 1) * SECOND_US - 1),
        depth: depths.map(({ depth }) => depth),
      },
    };
  }

  #add(known: Readonly<KeptSecond>): void {
    this.#inside.push(known);
    if (known.counts !== null) this.#fold.add(known.counts);
    this.#fold.addDue(known.due);
  }
}
