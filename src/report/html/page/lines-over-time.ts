import uPlot from 'uplot';
import type { NamedColumn, TimeSeries } from '../report-data.ts';
import { type ChartSpec, chart, fromZero } from './chart.ts';
import { figure, table, tableOnDemand } from './table.ts';
import { overTime, tellSecond, timeAxis, timeScale } from './time-axis.ts';

const COLORS = ['second', 'first', 'third', 'ink', 'quiet'] as const;
const DASHES = [[], [6, 3], [2, 3]] as const;

export interface Lines {
  readonly title: string;
  readonly note: string;
  readonly format: (value: number) => string;
  readonly axis: uPlot.Axis;
  /** Where the vertical axis ends at least. */
  readonly least: number;
}

/** Series with clocks of their own as lines of one chart over the run. */
export function linesOverTime(time: TimeSeries, columns: readonly NamedColumn[], lines: Lines): HTMLElement {
  const spec: Pick<ChartSpec, 'data' | 'series'> = {
    data: uPlot.join(columns.map(({ atUs, values }) => [atUs.map((us) => us / 1e6), [...values]])),
    series: columns.map(({ name }, index) => ({
      label: name,
      color: COLORS[index % COLORS.length] ?? 'quiet',
      dash: [...(DASHES[Math.floor(index / COLORS.length) % DASHES.length] ?? [])],
      format: lines.format,
    })),
  };
  return chart({
    ...overTime(time),
    ...spec,
    title: lines.title,
    note: lines.note,
    height: 180,
    scales: { x: timeScale(time), y: fromZero(lines.least) },
    axes: [timeAxis(), lines.axis],
    behind: tableOnDemand('Every sample as a table', () => sampleTable(columns, lines)),
  });
}

/** Rows are the samples of the first column: all are looked at together, but for those that came later. */
function sampleTable(columns: readonly NamedColumn[], { title, format }: Lines): HTMLElement {
  const rows = (columns[0]?.atUs ?? []).map((us, index) => [
    tellSecond(us),
    ...columns.map(({ values }) => {
      const value = values[index] ?? null;
      return value === null ? '–' : format(value);
    }),
  ]);
  return table(title.replace(/:$/, ''), [figure('At'), ...columns.map(({ name }) => figure(name))], rows);
}
