import type { OverlayData, ReportData } from '../report-data.ts';
import { element } from './element.ts';
import { percentileChart } from './percentile-section.ts';
import { section } from './section.ts';
import { table } from './table.ts';

/** Several runs beside each other: their curves in one chart, their figures in one table. */
export function overlaySection({ overlay }: ReportData): HTMLElement | null {
  if (overlay === null) return null;
  return section(
    'overlay',
    'Runs compared',
    element('p', { class: 'note' }, `Everything below this section is about run ${overlay.runs[0]?.name ?? 'A'}.`),
    percentileChart(overlay.runs, 'Delivery latency of each run by percentile,'),
    figureTable(overlay),
  );
}

function figureTable({ runs, rows }: OverlayData): HTMLElement {
  const columns = [
    { title: '', kind: 'text' as const },
    ...runs.map(({ name }) => ({ title: name, kind: 'figure' as const })),
  ];
  return table(
    'Runs side by side',
    columns,
    rows.map(({ name, values }) => [name, ...values]),
  );
}
