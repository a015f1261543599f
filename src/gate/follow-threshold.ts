import type { RawInterval } from '../record/interval-series.ts';
import { followStretches } from './follow-stretches.ts';
import { type KnownRun, ownMaxOf } from './known-run.ts';
import { onlyOwn, SecondsFold } from './seconds-fold.ts';
import { measureThreshold, type Threshold } from './threshold.ts';
import type { Following, ThresholdFollower } from './threshold-follower.ts';
import { AwaitedBySecond } from './waited-at-least.ts';
import { dueSeconds, type Span, spanOf, type Timetable, wholeRun, wholeSeconds } from './window.ts';

/**
 * Follows a threshold second by second to what `measureThreshold` has of them all. Of a `for every` threshold each stretch is looked
 * at when all of its seconds have passed: one that is cut short would turn red for what its rest makes up for.
 */
export function followThreshold(threshold: Threshold, timetable: Timetable, following: Following): ThresholdFollower {
  const { during = null, everyUs = null } = threshold.window ?? {};
  const span = threshold.window === null ? wholeRun(timetable) : spanOf(during, timetable);
  if (span === null) return { add() {}, measure: () => null };
  return everyUs === null
    ? followSpan(threshold, timetable, span, following)
    : followStretches(threshold, timetable, span, everyUs, following);
}

function followSpan(
  threshold: Threshold,
  timetable: Timetable,
  span: Span,
  { openSeconds, isOver, read }: Following,
): ThresholdFollower {
  const inside = new SecondsFold();
  let ownMaxUs = 0;
  /** While what was due in the span may arrive, the generator may add to its times. */
  const afterwards = new Map<number, number>();
  const awaited = new AwaitedBySecond(openSeconds);
  const queue = followQueue(span);
  const [first, end] = wholeSeconds(span, Number.POSITIVE_INFINITY);
  const [firstDue, endDue] = dueSeconds(span, timetable);
  return {
    add(interval, queueDepth) {
      queue.add(interval, queueDepth);
      const { second } = interval;
      if (second >= first && second < end) inside.add(interval);
      if (second >= firstDue && second < endDue) ownMaxUs = Math.max(ownMaxUs, ownMaxOf(interval));
      else if (second >= endDue && second < endDue + openSeconds) afterwards.set(second, ownMaxOf(interval));
      for (const part of interval.due) {
        if (part.second < firstDue || part.second >= endDue) continue;
        inside.addDue(part.delivery);
        awaited.add(part.second, part.awaited);
      }
      awaited.pass(interval.second);
    },
    measure(besides) {
      const waited = isOver ? null : awaited.waited();
      const lost = waited === null ? awaited.count() : 0;
      const seconds = [
        inside.read(Math.max(first, firstDue), lost, waited, ownMaxUs),
        ...[...afterwards].map(([second, ownUs]) => onlyOwn(second, ownUs)),
      ];
      return measureThreshold(threshold, { ...besides, timetable, seconds, queue: queue.read() }, read);
    },
  };
}

const SECOND_US = 1_000_000;

/** The deepest sample inside a span, and the deepest behind it: no reader asks for more of one span. */
function followQueue({ fromUs, toUs }: Span) {
  const deepest = { inside: null as number | null, after: null as number | null };
  return {
    add({ second }: RawInterval, depth: number | null): void {
      const atUs = (second + 1) * SECOND_US - 1;
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
