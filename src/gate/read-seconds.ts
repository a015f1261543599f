import { sumSparse } from '../record/histogram.ts';
import type { KnownRun, KnownSecond } from './known-run.ts';
import type { Times } from './statistic.ts';
import { dueSeconds, type Span, wholeSeconds } from './window.ts';

/**
 * The deliveries that were due in a span, whenever they arrived. Stalled where none of them has; null where none was due, or no
 * second is known.
 */
export function deliveryIn(known: KnownRun, span: Span): Times | null {
  const [first, end] = dueSeconds(span, known.timetable);
  const inside = known.seconds.filter(({ second }) => second >= first && second < end);
  const recorded = sumSparse(inside.map(({ due }) => due));
  const lost = inside.reduce((sum, second) => sum + second.lost, 0);
  if (recorded.count === 0 && lost === 0) return null;
  return { recorded, missing: lost + known.lostUntold, isStalled: recorded.count === 0 };
}

/** Messages sent per second of a span; null without a second in it. */
export function sentRateIn(known: KnownRun, span: Span): number | null {
  return rateOf(secondsIn(known, span), ({ sent }) => sent);
}

/** Deliveries per second of a span; null without a second in it. */
export function deliveredRateIn(known: KnownRun, span: Span): number | null {
  return rateOf(secondsIn(known, span), ({ delivered }) => delivered);
}

/** Largest depth of the queue in a span; null without a sample there. */
export function depthIn({ queue }: KnownRun, { fromUs, toUs }: Span): number | null {
  const depths = queue?.depth.filter((_, index) => queue.atUs[index]! >= fromUs && queue.atUs[index]! < toUs) ?? [];
  return depths.length === 0 ? null : depths.reduce((max, depth) => Math.max(max, depth), 0);
}

/** Messages skipped in a span; null without a message that was due there. */
export function skippedIn(known: KnownRun, span: Span): number | null {
  return skippedOf(known, span)?.skipped ?? null;
}

/** The same of all that were due there, 0–1. */
export function skippedShareIn(known: KnownRun, span: Span): number | null {
  const found = skippedOf(known, span);
  return found === null ? null : found.skipped / found.offered;
}

function skippedOf(known: KnownRun, span: Span): { readonly skipped: number; readonly offered: number } | null {
  const inside = secondsIn(known, span);
  const offered = inside.reduce((sum, interval) => sum + interval.offered, 0);
  return offered === 0 ? null : { offered, skipped: inside.reduce((sum, { skipped }) => sum + skipped, 0) };
}

/**
 * The most that the generator was late or blocked, µs, from the begin of a span until what was due in it had arrived: what it can have
 * added to a time of it.
 *
 * @param longestUs  the largest of the times
 */
export function worstOwnIn(known: KnownRun, span: Span, longestUs: number): number {
  const [first, end] = dueSeconds(span, known.timetable);
  const until = end + Math.ceil(longestUs / 1_000_000);
  return known.seconds.reduce(
    (worst, { second, ownMaxUs }) => (second >= first && second < until ? Math.max(worst, ownMaxUs) : worst),
    0,
  );
}

/** -1 where none has passed. */
export function lastSecondOf({ seconds }: KnownRun): number {
  return seconds.reduce((last, { second, length = 1 }) => Math.max(last, second + length - 1), -1);
}

function secondsIn(known: KnownRun, span: Span): readonly KnownSecond[] {
  const [first, end] = wholeSeconds(span, lastSecondOf(known));
  return known.seconds.filter(({ second }) => second >= first && second < end);
}

function rateOf(seconds: readonly KnownSecond[], countOf: (second: KnownSecond) => number): number | null {
  const length = seconds.reduce((sum, second) => sum + (second.length ?? 1), 0);
  return length === 0 ? null : seconds.reduce((sum, second) => sum + countOf(second), 0) / length;
}
