import { decodeHistogram } from '../record/hdr-codec.ts';
import { Histogram } from '../record/histogram.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { queueDepths } from '../record/queue-depths.ts';
import type { RunResult } from '../result/run-result.ts';
import { readStatistic, type Statistic } from './statistic.ts';
import { type Span, wholeSeconds } from './window.ts';

/** A run second by second, as far as it is known: all of it afterwards, or what has passed while it is under way. */
export interface KnownSeconds {
  readonly intervals: readonly RawInterval[];
  /** Deliveries that never came. Nobody knows in which second they should have, so every window is charged with all. */
  readonly lost: number;
  readonly queue: { readonly atUs: readonly number[]; readonly depth: readonly number[] } | null;
}

const decoded = new WeakMap<RunResult, KnownSeconds>();

/** The seconds of a finished run, decoded once. */
export function secondsOf(result: RunResult): KnownSeconds {
  const known = decoded.get(result) ?? decodeSeconds(result);
  decoded.set(result, known);
  return known;
}

function decodeSeconds({ samples, queue }: RunResult): KnownSeconds {
  return {
    intervals: samples.intervals.map((interval) => ({ ...interval, delivery: decodeHistogram(interval.delivery) })),
    lost: samples.ledger.lost,
    queue: queue === null ? null : { atUs: queue.atUs, depth: queueDepths(queue) },
  };
}

/**
 * A statistic of the deliveries that arrived in the whole seconds of a span, µs. Infinity where messages were offered and none
 * arrived; null where none were, or where no second is known.
 *
 * A span that ends measure has the seconds of drain, too: what an overloaded server still owes then was due in measure, and
 * would else belong to no window but drain's.
 */
export function deliveryIn(known: KnownSeconds, span: Span, statistic: Statistic): number | null {
  const inside = intervalsIn(known, span.endsMeasure === true ? { ...span, toUs: Number.POSITIVE_INFINITY } : span);
  const merged = new Histogram();
  for (const { delivery } of inside) merged.add(delivery);
  if (merged.count === 0) {
    const isStalled = inside.some(({ offered, inFlight }) => offered > 0 || inFlight > 0);
    return isStalled && inside.every(({ delivered }) => delivered === 0) ? Number.POSITIVE_INFINITY : null;
  }
  return readStatistic(merged.snapshot(), statistic, known.lost);
}

/** Messages sent per second of a span; null without a second in it. */
export function sentRateIn(known: KnownSeconds, span: Span): number | null {
  const inside = intervalsIn(known, span);
  return inside.length === 0 ? null : inside.reduce((sum, { sent }) => sum + sent, 0) / inside.length;
}

/** Deliveries per second of a span; null without a second in it. */
export function deliveredRateIn(known: KnownSeconds, span: Span): number | null {
  const inside = intervalsIn(known, span);
  return inside.length === 0 ? null : inside.reduce((sum, { delivered }) => sum + delivered, 0) / inside.length;
}

/** Largest depth of the queue in a span; null without a sample there. */
export function depthIn({ queue }: KnownSeconds, { fromUs, toUs }: Span): number | null {
  const depths = queue?.depth.filter((_, index) => queue.atUs[index]! >= fromUs && queue.atUs[index]! < toUs) ?? [];
  return depths.length === 0 ? null : depths.reduce((max, depth) => Math.max(max, depth), 0);
}

/** Messages skipped in a span; null without a message that was due there. */
export function skippedIn(known: KnownSeconds, span: Span): number | null {
  const inside = intervalsIn(known, span);
  const offered = inside.reduce((sum, interval) => sum + interval.offered, 0);
  return offered === 0 ? null : inside.reduce((sum, { skipped }) => sum + skipped, 0);
}

export function lastSecondOf({ intervals }: KnownSeconds): number {
  return intervals.reduce((last, { second }) => Math.max(last, second), -1);
}

function intervalsIn(known: KnownSeconds, span: Span): readonly RawInterval[] {
  const [first, end] = wholeSeconds(span, lastSecondOf(known));
  return known.intervals.filter(({ second }) => second >= first && second < end);
}
