import type uPlot from 'uplot';
import { formatBytes, formatNumber, formatRate, formatShare } from '../../../quantities.ts';
import type { ObservedChart, TimeSeries } from '../report-data.ts';
import { type Lines, linesOverTime } from './lines-over-time.ts';
import { countAxis } from './time-axis.ts';

/** How the values of a unit are written, and where their axis ends at least. */
const SCALES: Readonly<Record<ObservedChart['unit'], Pick<Lines, 'format' | 'axis' | 'least'>>> = {
  number: { format: formatNumber, axis: writtenBy(formatNumber), least: 1 },
  perSecond: { format: formatRate, axis: countAxis(), least: 1 },
  bytes: { format: formatBytes, axis: writtenBy(formatBytes), least: 1_000_000 },
  cores: { format: formatShare, axis: writtenBy(formatShare), least: 0.1 },
};

/** What the scenario observes beside the run, on the clock of the other charts. A reading that failed leaves the line open. */
export function observedCharts(time: TimeSeries, charts: readonly ObservedChart[]): readonly HTMLElement[] {
  return charts.map(({ title, note, unit, columns }) =>
    linesOverTime(time, columns, { title: `${title}:`, note, ...SCALES[unit] }),
  );
}

function writtenBy(format: (value: number) => string): uPlot.Axis {
  return { size: 64, values: (_plot, values) => values.map((value) => format(value)) };
}
