import { formatCount, formatMs } from '../../../quantities.ts';
import type { ReportData } from '../report-data.ts';
import { element } from './element.ts';
import { section } from './section.ts';
import { type Column, table } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'What', kind: 'text' },
  { title: 'planned', kind: 'figure' },
  { title: 'sent', kind: 'figure' },
  { title: 'failed', kind: 'figure' },
  { title: 'received', kind: 'figure' },
  { title: 'p50, ms', kind: 'figure' },
  { title: 'p95, ms', kind: 'figure' },
  { title: 'p99, ms', kind: 'figure' },
];

/** What clients did beside sending messages. */
export function trafficSection({ traffic }: ReportData): HTMLElement | null {
  if (traffic.length === 0) return null;
  const rows = traffic.map(({ name, planned, sent, failed, received, latency }) => [
    name,
    formatCount(planned),
    formatCount(sent),
    element('span', { class: failed > 0 ? 'bad' : 'calm' }, formatCount(failed)),
    received === null ? '–' : formatCount(received),
    ...[latency?.p50Us, latency?.p95Us, latency?.p99Us].map((us) => (us === undefined ? '–' : formatMs(us))),
  ]);
  return section(
    'traffic',
    'Beside messages',
    table('Typing, read receipts and history reads', COLUMNS, rows),
    element(
      'p',
      { class: 'note' },
      'Received: notices that reached other members. Times: from when a read was due to its page.',
    ),
  );
}
