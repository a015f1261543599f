import { formatCount, formatMs } from '../../../quantities.ts';
import type { ReportData } from '../report-data.ts';
import { bar } from './bar.ts';
import { element } from './element.ts';
import { foldedSection } from './section.ts';
import { type Column, table } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'Milliseconds', kind: 'text' },
  { title: 'p50 to p95', kind: 'text' },
  { title: 'p50', kind: 'figure' },
  { title: 'p95', kind: 'figure' },
  { title: 'p99', kind: 'figure' },
  { title: 'count', kind: 'figure' },
];

/** How long the recipients of one message wait for each other, and how that grows with the size of a room. */
export function fanoutSection({ fanout }: ReportData): HTMLElement | null {
  if (fanout.length === 0) return null;
  const widestUs = fanout.reduce((most, { values }) => Math.max(most, values?.p95Us ?? 0), 1);
  const rows = fanout.map(({ name, meaning, values }) => [
    element('span', {}, name, element('small', {}, meaning)),
    bar((values?.p50Us ?? 0) / widestUs, (values?.p95Us ?? 0) / widestUs, 'plain'),
    formatMs(values?.p50Us ?? null),
    formatMs(values?.p95Us ?? null),
    formatMs(values?.p99Us ?? null),
    values === null ? 'no data' : formatCount(values.count),
  ]);
  return foldedSection('fanout', 'Fan-out', table('Deliveries by recipient and by size of room', COLUMNS, rows));
}
