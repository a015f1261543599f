import { leastOf, mostOf } from '../../extremes.ts';
import { median } from '../statistics/median.ts';
import type { ComparedObserved, Spread } from './comparison.ts';
import type { RunSample } from './run-sample.ts';

/** What was observed beside the runs of both sides, each series with the most of each run; empty where nothing was. */
export function compareObserved(base: readonly RunSample[], head: readonly RunSample[]): readonly ComparedObserved[] {
  const units = new Map(
    [...base, ...head].flatMap(({ observed = [] }) => observed.map(({ name, unit }) => [name, unit])),
  );
  return [...units].map(([name, unit]) => ({ name, unit, base: spreadOf(base, name), head: spreadOf(head, name) }));
}

function spreadOf(runs: readonly RunSample[], name: string): Spread | null {
  const values = runs.flatMap(({ observed = [] }) => observed.find((series) => series.name === name)?.max ?? []);
  if (values.length === 0 || values.length < runs.length) return null;
  return { median: median(values), least: leastOf(values), most: mostOf(values) };
}
