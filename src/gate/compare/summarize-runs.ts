import { leastOf, mostOf } from '../../extremes.ts';
import type { RunResult } from '../../result/run-result.ts';
import { knownOf } from '../known-run.ts';
import { median } from '../statistics/median.ts';
import { parseSubject, readSubject } from '../subject.ts';
import { wholeRun } from '../window.ts';
import type { Spread } from './comparison.ts';

/** What is told of several runs of one scenario, in this order. */
export const KEY_FIGURES = [
  'delivery.p50',
  'delivery.p95',
  'delivery.p99',
  'delivery.max',
  'ack.p95',
  'lateness.p99',
  'delivered.rate',
  'lost',
  'duplicated',
  'reordered',
  'misrouted',
  'queue.depth.max',
] as const;

/** Median and range over the runs, in the metric's unit. A figure that some run has no data for is left out, or endless in one. */
export function summarizeRuns(results: readonly RunResult[]): ReadonlyMap<string, Spread> {
  const figures = new Map<string, Spread>();
  for (const subject of KEY_FIGURES) {
    const values = results.flatMap((result) => readFigure(result, subject) ?? []);
    if (values.length === 0 || values.length < results.length) continue;
    figures.set(subject, { median: median(values), least: leastOf(values), most: mostOf(values) });
  }
  return figures;
}

/** A metric's figure by its subject, as a threshold names it; null without data. */
export function readFigure(result: RunResult, subject: string): number | null {
  const parsed = parseSubject(subject);
  if (typeof parsed === 'string') return null;
  const known = knownOf(result);
  return readSubject(parsed, known, wholeRun(known.timetable));
}
