import { didYouMean, nearestName } from '../nearest.ts';
import { OBSERVED_STATISTICS } from '../record/observed-statistics.ts';
import type { KnownRun } from './known-run.ts';
import type { FigureMetric, Metric, TimeMetric } from './metric.ts';
import { METRICS } from './metrics.ts';
import { observedMetric } from './observed-metric.ts';
import { worstOwnIn } from './read-seconds.ts';
import { parseStatistic, readStatistic, STATISTICS, type Statistic, timesOfTarget } from './statistic.ts';
import { stepMetric } from './step-metric.ts';
import type { Span } from './window.ts';

/** What a threshold is set on and runs are compared by: a figure, or a statistic of a time. */
export type Subject =
  | { readonly metric: FigureMetric; readonly statistic: null }
  | { readonly metric: TimeMetric; readonly statistic: Statistic };

/** What it comes to in a span, in the metric's unit; Infinity for what never came; null where there is no data, or none yet. */
export function readSubject(subject: Subject, known: KnownRun, span: Span): number | null {
  const value = subject.statistic === null ? subject.metric.read(known, span) : readTime(subject, known, span);
  return value === null || Number.isNaN(value) ? null : value;
}

/**
 * The same without what the generator may have added itself: sent late, or read late while its event loop was blocked. Where that was
 * not recorded value by value it is taken to be as much as its lateness at the same statistic, or in a window its worst there; of
 * connections, to be nothing.
 */
export function readSubjectOfTarget(subject: Subject, known: KnownRun, span: Span): number | null {
  if (subject.statistic === null) return readSubject(subject, known, span);
  const times = subject.metric.read(known, span);
  if (times === null) return null;
  const value = readStatistic(timesOfTarget(times), subject.statistic);
  if (value === null || (times.own ?? null) !== null || subject.metric.isOfConnections === true) return value;
  return Math.max(0, value - ownBoundUs(known, span, subject.statistic, times.recorded.maxUs));
}

function ownBoundUs(known: KnownRun, span: Span, statistic: Statistic, longestUs: number): number {
  if (span.allOf !== 'run') return worstOwnIn(known, span, longestUs);
  const lateness = known.lateness;
  return (lateness === null ? null : readStatistic(lateness, statistic)) ?? 0;
}

function readTime({ metric, statistic }: Subject & { readonly statistic: Statistic }, known: KnownRun, span: Span) {
  const times = metric.read(known, span);
  return times === null ? null : readStatistic(times, statistic);
}

/** The subject that is written so, such as "delivery.p95" or "lost", or what is wrong with it in one line. */
export function parseSubject(text: string): Subject | string {
  const observed = observedMetric(text);
  if (observed !== null) return { metric: observed, statistic: null };
  if (text.startsWith('observed.'))
    return `unknown metric "${text}", expected observed.NAME. and one of ${OBSERVED_STATISTICS.join(', ')}`;
  const metric = stepMetric(text) ?? findLongest(text);
  if (metric === null) return unknownMetric(text);
  const { name } = metric;
  if (metric.yields === 'figure') {
    if (text === name) return { metric, statistic: null };
    return `${name} is a single figure and has no statistic, expected just "${name}"`;
  }
  if (text === name) return `${name} needs a statistic, expected ${subjectsOf(metric).join(', ')}`;
  const written = text.slice(name.length + 1);
  const statistic = parseStatistic(written);
  if (statistic !== null) return { metric, statistic };
  return `unknown statistic "${written}" of ${name}${suggestStatistic(text, written, name)}`;
}

function findLongest(text: string): Metric | null {
  return METRICS.filter(({ name }) => text === name || text.startsWith(`${name}.`)).reduce<Metric | null>(
    (longest, candidate) => (longest === null || candidate.name.length > longest.name.length ? candidate : longest),
    null,
  );
}

/** Everything that can stand before an operator and begins with the metric's name. */
export function subjectsOf({ name, yields }: Metric): readonly string[] {
  return yields === 'figure' ? [name] : STATISTICS.map((statistic) => `${name}.${statistic}`);
}

function suggestStatistic(text: string, written: string, name: string): string {
  // "connect.sucess" is near a figure of its own.
  const figures = METRICS.filter(({ yields }) => yields === 'figure');
  const figure = nearestName(
    text,
    figures.map((metric) => metric.name),
  );
  const statistic = written === 'p100' ? 'max' : written === 'p0' ? 'min' : nearestName(written, STATISTICS);
  const nearest = statistic === null ? figure : `${name}.${statistic}`;
  return nearest === null
    ? `, expected ${STATISTICS.join(', ')} or another percentile such as p75 or p99.99`
    : `, did you mean "${nearest}"?`;
}

function unknownMetric(text: string): string {
  const names = METRICS.map(({ name }) => name);
  const subjects = METRICS.flatMap(subjectsOf);
  // A statistic alone: the headline's is what is mostly meant.
  if (subjects.includes(`delivery.${text}`)) return `unknown metric "${text}", did you mean "delivery.${text}"?`;
  const suggestion = didYouMean(text, [...names, ...subjects]);
  return `unknown metric "${text}"${suggestion === '' ? `, expected one of ${names.join(', ')}` : suggestion}`;
}
