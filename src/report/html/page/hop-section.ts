import { formatLatency, formatMs } from '../../quantities.ts';
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

type Waterfall = ReportData['waterfalls'][number];

/** Where the time of a message goes, hop after hop, one table per way. */
export function hopSection({ waterfalls }: ReportData): HTMLElement | null {
  if (waterfalls.length === 0) return null;
  return section(
    'hops',
    'Where time goes',
    ...waterfalls.flatMap((waterfall) => [verdictOf(waterfall), hopTable(waterfall)]),
  );
}

function verdictOf({ way, totalUs, hops, slowest }: Waterfall): HTMLElement {
  const share = hops.find(({ name }) => name === slowest)?.share ?? 0;
  return element(
    'p',
    {},
    `On its way ${WAYS[way]} a message spends ${formatLatency(totalUs)} on average, `,
    element('strong', {}, `${Math.round(share * 100)} % of it at “${slowest}”`),
    '.',
  );
}

function hopTable({ way, totalUs, hops, slowest }: Waterfall): HTMLElement {
  const rows = hops.map(({ name, startUs, meanUs, p95Us, share }) => [
    name,
    bar(startUs / totalUs, (startUs + meanUs) / totalUs, name === slowest ? 'strong' : 'plain'),
    formatMs(meanUs),
    formatMs(p95Us),
    `${Math.round(share * 100)} %`,
  ]);
  return table(`Hops of a message ${WAYS[way]}`, COLUMNS, rows);
}
