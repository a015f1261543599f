import { leastOf, mostOf } from '../extremes.ts';

/** Statistics of what was observed beside a run, as a threshold names them. */
export const OBSERVED_STATISTICS = ['max', 'min', 'mean', 'last'] as const;
export type ObservedStatistic = (typeof OBSERVED_STATISTICS)[number];

/** A series column by column; see `ObservedSeries` of the result. */
interface Columns {
  readonly atUs: readonly number[];
  readonly values: readonly (number | null)[];
}

/** Of the readings in [fromUs, toUs) that yielded something; null where none did. The mean is that of the readings, which are regular. */
export function observedStatistic(
  { atUs, values }: Columns,
  statistic: ObservedStatistic,
  fromUs: number,
  toUs: number,
): number | null {
  const inside = values.filter(
    (value, index): value is number => value !== null && atUs[index]! >= fromUs && atUs[index]! < toUs,
  );
  if (inside.length === 0) return null;
  if (statistic === 'mean') return inside.reduce((sum, value) => sum + value, 0) / inside.length;
  if (statistic === 'last') return inside.at(-1)!;
  return statistic === 'max' ? mostOf(inside) : leastOf(inside);
}

/**
 * What a run as a whole has of a series: the least and the mean of measure, and the most and the last with drain, in which what was left
 * behind is worked off.
 */
export function observedOfRun(
  series: Columns,
  phases: { readonly warmupEndUs: number; readonly measureEndUs: number },
): Readonly<Record<ObservedStatistic, number | null>> {
  const { warmupEndUs, measureEndUs } = phases;
  const read = (statistic: ObservedStatistic, toUs: number) => observedStatistic(series, statistic, warmupEndUs, toUs);
  return {
    max: read('max', Number.POSITIVE_INFINITY),
    min: read('min', measureEndUs),
    mean: read('mean', measureEndUs),
    last: read('last', Number.POSITIVE_INFINITY),
  };
}
