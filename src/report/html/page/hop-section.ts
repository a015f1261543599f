import { formatLatency, formatMs } from '../../../quantities.ts';
import type { ReportData } from '../report-data.ts';
import { bar } from './bar.ts';
import { element } from './element.ts';
import { section } from './section.ts';
import { type Column, table } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'Hop', kind: 'text' },
  { title: '', kind: 'text' },
  { title: 'mean, ms', kind: 'figure' },
  { title: 'p95, ms', kind: 'figure' },
  { title: 'share', kind: 'figure' },
];

const WAYS = { delivery: 'to the recipient', ack: 'until it is acknowledged' } as const;

type HopWay = ReportData['hops'][number];

/** Where the time of a message goes, hop after hop, one table per way. */
export function hopSection({ hops }: ReportData): HTMLElement | null {
  if (hops.length === 0) return null;
  return section('hops', 'Where time goes', ...hops.flatMap((way) => [findingOf(way), hopTable(way)]));
}

function findingOf({ way, meanUs, bottleneck }: HopWay): HTMLElement {
  return element(
    'p',
    {},
    `On its way ${WAYS[way]} a message spends ${formatLatency(meanUs)} on average, `,
    element('strong', {}, `${percent(bottleneck.share)} of it at “${bottleneck.name}”`),
    ` (${bottleneck.meaning}).`,
  );
}

function hopTable({ way, rows, bottleneck }: HopWay): HTMLElement {
  const cells = rows.map(({ name, offset, share, values }) => [
    name,
    bar(offset, offset + share, name === bottleneck.name ? 'strong' : 'plain'),
    formatMs(values.meanUs),
    formatMs(values.p95Us),
    percent(share),
  ]);
  return table(`Hops of a message ${WAYS[way]}`, COLUMNS, cells);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
