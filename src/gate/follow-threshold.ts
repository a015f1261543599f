import type { RawInterval } from '../record/interval-series.ts';
import type { KnownRun, KnownSecond } from './known-run.ts';
import { SecondsFold } from './seconds-fold.ts';
import { readSubject } from './subject.ts';
import { type Measured, measureThreshold, type Threshold, worstWith } from './threshold.ts';
import { type Span, spanOf, type Timetable, wholeRun, wholeSeconds } from './window.ts';

/** What is known besides the seconds themselves. */
export type KnownBesides = Omit<KnownRun, 'timetable' | 'seconds' | 'queue'>;

/** Of a run of which only seconds are known. */
export const SECONDS_ALONE: KnownBesides = {
  lost: 0,
  ledgers: null,
  delivery: null,
  lateness: null,
  connections: null,
  result: null,
};

/** A threshold, told of one second of a run after the other; it keeps as many as its window is long, and no more. */
export interface ThresholdFollower {
  /** @param queueDepth  at the end of this second; null where unknown */
  add(interval: RawInterval, queueDepth: number | null): void;
  /** What its subject comes to by now; null where there is no data yet. */
  measure(besides: KnownBesides): Measured | null;
}

/**
 * Follows a threshold second by second to what `measureThreshold` has of them all. Of a `for every` threshold each stretch is looked
 * at when all of its seconds are known: one that is cut short would turn red for what its rest makes up for.
 *
 * @param read  of one stretch; null of one that is to be left out
 */
export function followThreshold(
  threshold: Threshold,
  timetable: Timetable,
  besides = SECONDS_ALONE,
  read: typeof readSubject = readSubject,
): ThresholdFollower {
  const { during = null, everyUs = null } = threshold.window ?? {};
  const span = threshold.window === null ? wholeRun(timetable) : spanOf(during, timetable);
  if (span === null) return { add() {}, measure: () => null };
  return everyUs === null
    ? followSpan(threshold, timetable, span, read)
    : followStretches(threshold, timetable, span, everyUs, besides, read);
}

function followSpan(
  threshold: Threshold,
  timetable: Timetable,
  span: Span,
  read: typeof readSubject,
): ThresholdFollower {
  const inside = new SecondsFold();
  const after = new SecondsFold();
  const queue = followQueue(span);
  const [first, end] = wholeSeconds(span, Number.POSITIVE_INFINITY);
  return {
    add(interval, queueDepth) {
      queue.add(interval, queueDepth);
      if (interval.second >= end) after.add(interval);
      else if (interval.second >= first) inside.add(interval);
    },
    measure(besides) {
      const seconds = [inside.read(), after.read()].filter((second) => second !== null);
      return measureThreshold(threshold, { ...besides, timetable, seconds, queue: queue.read() }, read);
    },
  };
}

/**
 * @param told  what is known besides of every stretch. While a run is under way nothing is: then no delivery is lost for good
 */
function followStretches(
  threshold: Threshold,
  timetable: Timetable,
  span: Span,
  everyUs: number,
  told: KnownBesides,
  read: typeof readSubject,
): ThresholdFollower {
  const length = everyUs / SECOND_US;
  const [first, end] = wholeSeconds(span, Number.POSITIVE_INFINITY);
  const kept: { readonly interval: RawInterval; readonly depth: number | null }[] = [];
  const stretch = new SecondsFold();
  const after = new SecondsFold();
  let worst: Measured | null = null;
  let last: Span | null = null;
  const knownBy = (besides: KnownBesides): KnownRun => {
    const seconds: KnownSecond[] = [stretch.read(), after.read()].filter((second) => second !== null);
    const depths = kept.flatMap(({ interval, depth }) => (depth === null ? [] : [[endUs(interval), depth] as const]));
    const queue = { atUs: depths.map(([atUs]) => atUs), depth: depths.map(([, depth]) => depth) };
    return { ...besides, timetable, seconds, queue };
  };
  return {
    add(interval, depth) {
      const { second } = interval;
      if (second < first) return;
      if (second >= end) {
        // What arrives in drain was due in the stretch that ends measure, or before.
        after.add(interval);
        return;
      }
      stretch.add(interval);
      kept.push({ interval, depth });
      while (kept[0]!.interval.second <= second - length) {
        const { interval: gone } = kept.shift()!;
        stretch.removeFirst(gone, kept[0]!.interval.second);
      }
      if (second - first + 1 < length) return;
      const fromUs = (second + 1 - length) * SECOND_US;
      const endsMeasure = span.endsMeasure === true && second === end - 1;
      const now: Span = { fromUs, toUs: fromUs + everyUs, endsMeasure };
      // It is looked at each time: drain goes on to change it.
      if (endsMeasure) last = now;
      else worst = worstWith(threshold, knownBy(told), worst, now, read);
    },
    measure: (besides) => (last === null ? worst : worstWith(threshold, knownBy(besides), worst, last, read)),
  };
}

const SECOND_US = 1_000_000;

function endUs({ second }: RawInterval): number {
  return (second + 1) * SECOND_US - 1;
}

/** The deepest sample inside a span, and the deepest behind it: no reader asks for more of one span. */
function followQueue({ fromUs, toUs }: Span) {
  const deepest = { inside: null as number | null, after: null as number | null };
  return {
    add(interval: RawInterval, depth: number | null): void {
      const atUs = endUs(interval);
      if (depth === null || atUs < fromUs) return;
      const where = atUs < toUs ? 'inside' : 'after';
      deepest[where] = Math.max(deepest[where] ?? 0, depth);
    },
    read(): KnownRun['queue'] {
      const samples = [[fromUs, deepest.inside] as const, [toUs, deepest.after] as const].filter(
        (sample): sample is readonly [number, number] => sample[1] !== null,
      );
      return { atUs: samples.map(([atUs]) => atUs), depth: samples.map(([, depth]) => depth) };
    },
  };
}
