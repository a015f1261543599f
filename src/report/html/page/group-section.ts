import { formatCount, formatMs } from '../../../quantities.ts';
import type { ReportData } from '../report-data.ts';
import { element } from './element.ts';
import { section } from './section.ts';
import { type Column, table } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'Group', kind: 'text' },
  { title: 'clients', kind: 'figure' },
  { title: 'planned', kind: 'figure' },
  { title: 'sent', kind: 'figure' },
  { title: 'lost of', kind: 'figure' },
  { title: 'p50 of, ms', kind: 'figure' },
  { title: 'p95 of, ms', kind: 'figure' },
  { title: 'p99 of, ms', kind: 'figure' },
  { title: 'lost to', kind: 'figure' },
  { title: 'p95 to, ms', kind: 'figure' },
  { title: 'Besides', kind: 'text' },
];

/** Users that do different things, a row each. */
export function groupSection({ groups }: ReportData): HTMLElement | null {
  if (groups.length === 0) return null;
  const loss = (count: number) => element('span', { class: count > 0 ? 'bad' : 'calm' }, formatCount(count));
  const time = (us: number | undefined) => (us === undefined ? '–' : formatMs(us));
  const rows = groups.map((group) => [
    group.name,
    formatCount(group.clients),
    formatCount(group.planned),
    formatCount(group.sent),
    loss(group.lost),
    time(group.delivery?.p50Us),
    time(group.delivery?.p95Us),
    time(group.delivery?.p99Us),
    loss(group.lostTo),
    time(group.received?.p95Us),
    group.besides.join('; '),
  ]);
  return section(
    'groups',
    'Groups',
    table('Groups of clients', COLUMNS, rows),
    element('p', { class: 'note' }, 'Of: deliveries of messages that its clients sent. To: deliveries to its clients.'),
  );
}
