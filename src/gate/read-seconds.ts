import { Histogram } from '../record/histogram.ts';
import type { KnownRun, KnownSecond } from './known-run.ts';
import type { Times } from './statistic.ts';
import { type Span, wholeSeconds } from './window.ts';

/**
 * The deliveries that arrived in the whole seconds of a span. Stalled where messages were offered and none arrived; null where none
 * were, or where no second is known.
 *
 * A span that ends measure has the seconds of drain, too: what an overloaded server still owes then was due in measure, and
 * would else belong to no window but drain's.
 */
export function deliveryIn(known: KnownRun, span: Span): Times | null {
  const inside = secondsIn(known, span.endsMeasure === true ? { ...span, toUs: Number.POSITIVE_INFINITY } : span);
  const merged = new Histogram();
  for (const { delivery } of inside) merged.add(delivery);
  const recorded = merged.snapshot();
  if (recorded.count > 0) return { recorded, missing: known.lost };
  const isDue = inside.some(({ offered, inFlight }) => offered > 0 || inFlight > 0);
  const isStalled = isDue && inside.every(({ delivered }) => delivered === 0);
  return isStalled ? { recorded, missing: known.lost, isStalled } : null;
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
  const inside = secondsIn(known, span);
  const offered = inside.reduce((sum, interval) => sum + interval.offered, 0);
  return offered === 0 ? null : inside.reduce((sum, { skipped }) => sum + skipped, 0);
}

/** The most that the generator was late or blocked in a span, µs: what it can have added to a time there. */
export function worstOwnIn(known: KnownRun, span: Span): number {
  return secondsIn(known, span).reduce(
    (worst, { latenessMaxUs, loopDelay }) => Math.max(worst, latenessMaxUs, loopDelay.maxUs),
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
