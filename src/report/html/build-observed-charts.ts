import type { ObservedUnit } from '../../choices.ts';
import type { RunResult } from '../../result/run-result.ts';
import { observedRows } from '../observed-rows.ts';
import type { ObservedChart } from './report-data.ts';

const TITLES: Readonly<Record<Exclude<ObservedUnit, 'number'>, string>> = {
  perSecond: 'Observed, per second',
  bytes: 'Observed, bytes',
  cores: 'Observed, CPU, share of a core',
};

/**
 * The charts of what was observed beside the run. Series of a unit share one; numbers have one each, for nothing says that a lag and a
 * count of rows fit on one axis.
 */
export function buildObservedCharts(result: RunResult): readonly ObservedChart[] {
  const { observed = [] } = result;
  const rows = new Map(observedRows(result).map((row) => [row.name, row]));
  const chartOf = (title: string, unit: ObservedUnit, members: typeof observed): ObservedChart => ({
    title,
    note: members
      .map(({ name, source, intervalMs }) => {
        const { mean, max, last, gaps } = rows.get(name)!;
        const gap = gaps === 0 ? '' : `, ${gaps} gaps`;
        return `${name} (${source}, every ${intervalMs} ms): mean ${mean}, max ${max}, last ${last}${gap}`;
      })
      .join('; '),
    unit,
    columns: members.map(({ name, atUs, values }) => ({ name, atUs, values })),
  });
  const numbers = observed.filter(({ unit }) => unit === 'number');
  const others = Object.entries(TITLES).flatMap(([unit, title]) => {
    const members = observed.filter((series) => series.unit === unit);
    return members.length === 0 ? [] : [chartOf(title, unit as ObservedUnit, members)];
  });
  return [...numbers.map((series) => chartOf(`Observed, ${series.name}`, 'number', [series])), ...others];
}
