import type { RunResult } from '../result/run-result.ts';
import { readFigure } from './compare/summarize-runs.ts';
import { findInvalidating } from './finding.ts';
import { judge } from './judge.ts';
import { type ChangePoint, findChangePointsOfAll } from './statistics/change-points.ts';
import { median } from './statistics/median.ts';
import type { Trend, TrendChange, TrendRun } from './trend.ts';

export const TREND_SUBJECTS = ['delivery.p50', 'delivery.p95', 'delivery.p99', 'lost', 'delivered.rate'] as const;

/**
 * The trend of runs, in whatever order they come; each is given by its trials, one for a single run. Invalid runs are listed, and
 * their figures are not used.
 */
export function traceTrend(
  runs: readonly (readonly RunResult[])[],
  subjects: readonly string[] = TREND_SUBJECTS,
): Trend {
  const ordered = runs
    .map((trials) => judgeTrials(trials))
    .sort((a, b) => a.run.startedAt.localeCompare(b.run.startedAt) || a.run.id.localeCompare(b.run.id));
  const series = subjects.map((subject) => ({
    subject,
    values: ordered.map(({ valid }) => readMedian(valid, subject)),
  }));
  const known = series.map(({ values }) =>
    values.flatMap((value, index) => (value === null ? [] : [{ value, index }])),
  );
  const points = findChangePointsOfAll(known.map((each) => each.map(({ value }) => value)));
  return {
    runs: ordered.map(({ run }) => run),
    series: series.map((each, index) => ({ ...each, changes: listChanges(known[index]!, points[index]!) })),
  };
}

function judgeTrials(trials: readonly RunResult[]): { readonly run: TrendRun; readonly valid: readonly RunResult[] } {
  const [first] = trials;
  if (first === undefined) throw new Error('a run has at least one trial');
  const verdicts = trials.map((trial) => judge(trial, trial.scenario.thresholds));
  const valid = trials.filter((_, index) => findInvalidating(verdicts[index]!) === undefined);
  const states = verdicts.map(({ status }) => status);
  const verdict = states.includes('fail') ? 'fail' : (states.find((state) => state !== 'invalid') ?? 'invalid');
  return { run: { id: first.id, startedAt: first.startedAt, verdict, trials: trials.length }, valid };
}

/** Null where there is no trial, or one has no data. */
function readMedian(trials: readonly RunResult[], subject: string): number | null {
  const values = trials.flatMap((trial) => readFigure(trial, subject) ?? []);
  return values.length === 0 || values.length < trials.length ? null : median(values);
}

function listChanges(
  known: readonly { readonly value: number; readonly index: number }[],
  points: readonly ChangePoint[],
): readonly TrendChange[] {
  return points.map(({ index, p }, position) => {
    const level = (from: number, to: number) => median(known.slice(from, to).map(({ value }) => value));
    const before = level(points[position - 1]?.index ?? 0, index);
    const after = level(index, points[position + 1]?.index ?? known.length);
    return { index: known[index]!.index, before, after, ratio: before === after ? 1 : after / before, p };
  });
}
