import type { ExperimentStep } from '../result/experiment-result.ts';
import { formatObserved } from './format-observed.ts';

/** What was observed beside the steps of an experiment: a column for each series, a row for each step, its most in each cell. */
export interface ObservedOfSteps {
  readonly names: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly string[] }[];
}

/** Null where nothing was observed. A step that lacks a series has "–" there. */
export function observedOfSteps(steps: readonly ExperimentStep[]): ObservedOfSteps | null {
  const names = [...new Set(steps.flatMap(({ figures }) => (figures.observed ?? []).map(({ name }) => name)))];
  if (names.length === 0) return null;
  const rows = steps.map(({ label, figures }) => ({
    label,
    cells: names.map((name) => {
      const found = figures.observed?.find((series) => series.name === name);
      return found === undefined ? '–' : formatObserved(found.unit, found.max);
    }),
  }));
  return { names, rows };
}
