import { formatBytes, formatCount, formatRatio, formatShare } from '../../../quantities.ts';
import type { NamedColumn, ProcessData, ReportData, TimeSeries } from '../report-data.ts';
import { element } from './element.ts';
import { linesOverTime } from './lines-over-time.ts';
import { foldedSection } from './section.ts';
import { countAxis } from './time-axis.ts';

/** What each process used and held, and how many connections each gateway had, on the clock of the other charts. */
export function processSection({ processes, gateways, time }: ReportData): HTMLElement | null {
  if (processes === null && gateways === null) return null;
  return foldedSection(
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
