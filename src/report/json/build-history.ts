import type { Trend } from '../../gate/trend.ts';
import type { HistoryObject } from './history-schema.ts';

/** The machine-readable form of runs over time. What never arrived is the string "Infinity". */
export function buildHistory(title: string, { runs, series }: Trend): HistoryObject {
  return {
    schema: 'chatbench.history/1',
    title,
    runs: runs.map(({ id, startedAt, verdict, trials }) => ({ id, startedAt, verdict, trials })),
    series: series.map(({ subject, values, changes }) => ({
      subject,
      values: values.map((value) => (value === null ? null : bounded(value))),
      changes: changes.map(({ index, before, after, ratio, p }) => ({
        ...{ index, before: bounded(before), after: bounded(after) },
        ...{ ratio: bounded(ratio), p },
      })),
    })),
  };
}

/** JSON knows no infinity. */
function bounded(value: number): number | 'Infinity' {
  return value === Number.POSITIVE_INFINITY ? 'Infinity' : value;
}
