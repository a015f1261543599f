import { formatCount, formatDuration } from '../quantities.ts';
import { valuesNeeded } from '../record/values-needed.ts';
import type { KnownRun } from './known-run.ts';
import { percentileOfStatistic } from './statistic.ts';
import { readSubject, type Subject } from './subject.ts';
import { listStretches, type Threshold } from './threshold.ts';
import type { Span } from './window.ts';

/** A stretch that has fewer values than the threshold's percentile takes. */
export interface TooFew {
  readonly span: Span;
  readonly count: number;
  readonly needed: number;
}

/**
 * As `readSubject`, of a span that has as many values as its percentile takes; null where it has fewer. What is endless by what
 * never came needs no more of them.
 */
export function readIfEnough(subject: Subject, known: KnownRun, span: Span): number | null {
  const value = readSubject(subject, known, span);
  return value === Number.POSITIVE_INFINITY || countMissing(subject, known, span) === null ? value : null;
}

/** The emptiest of the threshold's stretches in which something was due, where it is too empty; null where none is. */
export function findTooFew(threshold: Threshold, known: KnownRun): TooFew | null {
  return listStretches(threshold, known).reduce<TooFew | null>((fewest, span) => {
    const value = readSubject(threshold, known, span);
    const found = value === null || value === Number.POSITIVE_INFINITY ? null : countMissing(threshold, known, span);
    return found !== null && (fewest === null || found.count < fewest.count) ? found : fewest;
  }, null);
}

/** Null where there are enough. */
function countMissing({ metric, statistic }: Subject, known: KnownRun, span: Span): TooFew | null {
  const percentile = statistic === null ? null : percentileOfStatistic(statistic);
  if (percentile === null || metric.yields === 'figure') return null;
  const times = metric.read(known, span);
  const count = times === null ? 0 : times.recorded.count + times.missing;
  const needed = valuesNeeded(percentile);
  return count < needed ? { span, count, needed } : null;
}

/** Why such a threshold is undecided, and how much longer the run would have to be. */
export function describeTooFew(
  { metric, statistic, window }: Threshold,
  { span, count, needed }: TooFew,
  lengthUs: number,
): string {
  const few = `${formatCount(count)} ${count === 1 ? 'value makes' : 'values make'} no ${statistic}, which takes ${formatCount(needed)}`;
  if (/^(re)?connect/.test(metric.name)) return `${few}: so many connections would have to be opened`;
  const isWhole = window === null || !Number.isFinite(span.toUs);
  const usedUs = isWhole ? lengthUs : span.toUs - span.fromUs;
  const longerUs = Math.ceil((usedUs * needed) / Math.max(1, count) / SECOND_US) * SECOND_US;
  const what = isWhole ? 'measure' : window.everyUs === null ? `'${window.during}'` : 'each stretch';
  return `${few}: ${what} would have to last ${formatDuration(longerUs)} in place of ${formatDuration(usedUs)}`;
}

const SECOND_US = 1_000_000;
