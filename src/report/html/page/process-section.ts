import uPlot from 'uplot';
import { formatBytes, formatCount, formatRatio, formatShare } from '../../../quantities.ts';
import type { NamedColumn, ProcessData, ReportData, TimeSeries } from '../report-data.ts';
import { type ChartSpec, chart } from './chart.ts';
import { element } from './element.ts';
import { section } from './section.ts';
import { type Column, table, tableOnDemand } from './table.ts';
import { countAxis, overTime, timeAxis, timeScale } from './time-axis.ts';

const COLORS = ['second', 'first', 'third', 'ink', 'quiet'] as const;
const DASHES = [[], [6, 3], [2, 3]] as const;

/** What each process used and held, and how many connections each gateway had, on the clock of the other charts. */
export function processSection({ processes, gateways, time }: ReportData): HTMLElement | null {
  if (processes === null && gateways === null) return null;
  return section(
    'processes',
    'Processes',
    processes === null ? null : element('p', {}, processes.finding),
    processes === null ? null : cpuChart(time, processes),
    processes === null ? null : memoryChart(time, processes),
    gateways === null ? null : gatewayChart(time, gateways),
  );
}

function cpuChart(time: TimeSeries, { cpu }: ProcessData): HTMLElement {
  return linesOverTime(time, cpu, {
    title: 'CPU, share of a core:',
    note: 'of each process with its helpers, over each second; 100 % is one core.',
    format: formatRatio,
    axis: { size: 56, values: (_plot, ratios) => ratios.map(formatShare) },
    least: 0.1,
  });
}

function memoryChart(time: TimeSeries, { memory }: ProcessData): HTMLElement {
  return linesOverTime(time, memory, {
    title: 'Resident memory:',
    note: 'of each process with its helpers, pages that they share counted once.',
    format: formatBytes,
    axis: { size: 64, values: (_plot, sizes) => sizes.map((bytes) => formatBytes(bytes)) },
    least: 10_000_000,
  });
}

function gatewayChart(time: TimeSeries, gateways: readonly NamedColumn[]): HTMLElement {
  return linesOverTime(time, gateways, {
    title: 'Connections per gateway:',
    note: 'as the gateways count them, once a second.',
    format: formatCount,
    axis: countAxis(),
    least: 5,
  });
}

interface Lines {
  readonly title: string;
  readonly note: string;
  readonly format: (value: number) => string;
  readonly axis: uPlot.Axis;
  /** Where the vertical axis ends at least. */
  readonly least: number;
}

function linesOverTime(time: TimeSeries, columns: readonly NamedColumn[], lines: Lines): HTMLElement {
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
    scales: { x: timeScale(time), y: { range: (_plot, _least, most) => [0, Math.max(lines.least, most * 1.1)] } },
    axes: [timeAxis(), lines.axis],
    behind: tableOnDemand('Every sample as a table', () => sampleTable(columns, lines)),
  });
}

/** Rows are the samples of the first column: all are looked at together, but for those that came later. */
function sampleTable(columns: readonly NamedColumn[], { title, format }: Lines): HTMLElement {
  const figure = (heading: string): Column => ({ title: heading, kind: 'figure' });
  const rows = (columns[0]?.atUs ?? []).map((us, index) => [
    `${(us / 1e6).toFixed(1)} s`,
    ...columns.map(({ values }) => {
      const value = values[index] ?? null;
      return value === null ? '–' : format(value);
    }),
  ]);
  return table(title.replace(/:$/, ''), [figure('At'), ...columns.map(({ name }) => figure(name))], rows);
}
