import { observedOfRun } from '../record/observed-statistics.ts';
import type { RunResult } from '../result/run-result.ts';
import { formatObserved } from './format-observed.ts';

export interface ObservedRow {
  readonly name: string;
  readonly source: string;
  /** With their units; "–" for no data. */
  readonly min: string;
  readonly mean: string;
  readonly max: string;
  readonly last: string;
  readonly samples: number;
  readonly gaps: number;
}

/** A row for each series that was observed beside the run, in their order. */
export function observedRows({
  observed = [],
  phases,
}: Pick<RunResult, 'observed' | 'phases'>): readonly ObservedRow[] {
  return observed.map((series) => {
    const { name, unit, source, atUs, gaps } = series;
    const { min, mean, max, last } = observedOfRun(series, phases);
    const [least, middle, most, final] = [min, mean, max, last].map((value) => formatObserved(unit, value));
    return { name, source, min: least!, mean: middle!, max: most!, last: final!, samples: atUs.length, gaps };
  });
}
