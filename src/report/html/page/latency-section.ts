import { formatCount, formatMs } from '../../../quantities.ts';
import { bracketFew, LATENCY_COLUMNS } from '../../latency-columns.ts';
import type { ReportData } from '../report-data.ts';
import { element } from './element.ts';
import { section } from './section.ts';
import { type Column, table } from './table.ts';

/** Percentiles of every metric, each name with what it measures. */
export function latencySection({ latency }: ReportData): HTMLElement {
  const columns: readonly Column[] = [
    { title: 'Milliseconds', kind: 'text' },
    ...LATENCY_COLUMNS.map(([title]) => ({ title, kind: 'figure' as const })),
    { title: 'count', kind: 'figure' },
  ];
  const rows = latency.map(({ name, meaning, values }) => [
    element('span', {}, name, element('small', {}, meaning)),
    ...LATENCY_COLUMNS.map(([title, key]) => latencyFigure(values?.[key] ?? null, title, values?.count ?? 0)),
    values === null ? 'no data' : formatCount(values.count),
  ]);
  return section('latency', 'Latency', table('Latency percentiles in milliseconds', columns, rows, true));
}

/** The shown figure is rounded; the exact one, µs, goes with it. */
function latencyFigure(us: number | null, title: string, count: number): HTMLElement {
  if (us === null) return element('data', {}, formatMs(us));
  const text = formatMs(us);
  const shown = bracketFew(text, title, count);
  const hint = shown === text ? {} : { title: 'of fewer values than such a percentile takes' };
  return element('data', { value: String(us), ...hint }, shown);
}
