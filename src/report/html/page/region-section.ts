import { formatMs } from '../../../quantities.ts';
import { describeRegionClock } from '../../describe-region-clock.ts';
import type { ReportData } from '../report-data.ts';
import { section } from './section.ts';
import { type Column, figure, table, text } from './table.ts';

const COLUMNS: readonly Column[] = [
  text('From → to, milliseconds'),
  ...['p50', 'p95', 'p99', 'clocks', 'mean of both ways'].map(figure),
];

/** How long messages take from the agents of one region to those of another. */
export function regionSection({ regions }: ReportData): HTMLElement | null {
  if (regions.length === 0) return null;
  const rows = regions.map(({ from, to, values, isUnknown, clockErrorUs, bothWaysMeanUs }) => [
    `${from} → ${to}`,
    ...(['p50Us', 'p95Us', 'p99Us'] as const).map((key) =>
      values === null ? (isUnknown === true ? 'not known' : 'no data') : formatMs(values[key]),
    ),
    describeRegionClock({ clockErrorUs }),
    bothWaysMeanUs === null ? '' : formatMs(bothWaysMeanUs),
  ]);
  return section('regions', 'Between regions', table('Deliveries by region of sender and recipient', COLUMNS, rows));
}
