import type { RunResult } from '../result/run-result.ts';
import { readFigure } from './compare/summarize-runs.ts';
import { judge } from './judge.ts';
import { findChangePoints } from './statistics/change-points.ts';
import { median } from './statistics/median.ts';
import type { Trend, TrendChange } from './trend.ts';

export const TREND_SUBJECTS = ['delivery.p50', 'delivery.p95', 'delivery.p99', 'lost', 'delivered.rate'] as const;

/** The trend of results, in whatever order they come. Invalid runs are listed, and their figures are not used. */
export function traceTrend(results: readonly RunResult[], subjects: readonly string[] = TREND_SUBJECTS): Trend {
  const ordered = results.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt) || a.id.localeCompare(b.id));
  const runs = ordered.map((result) => ({
    id: result.id,
    startedAt: result.startedAt,
    verdict: judge(result, result.scenario.thresholds).status,
  }));
  const series = subjects.map((subject) => {
    const values = ordered.map((result, index) =>
      runs[index]!.verdict === 'invalid' ? null : readFigure(result, subject),
    );
    return { subject, values, changes: listChanges(values) };
  });
  return { runs, series };
}

function listChanges(values: readonly (number | null)[]): readonly TrendChange[] {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  const points = findChangePoints(known.map(({ value }) => value));
  return points.map(({ index, p }, position) => {
    const level = (from: number, to: number) => median(known.slice(from, to).map(({ value }) => value));
    const before = level(points[position - 1]?.index ?? 0, index);
    const after = level(index, points[position + 1]?.index ?? known.length);
    return { index: known[index]!.index, ratio: after / before, p };
  });
}
