import type { ReportData } from '../report-data.ts';
import { element } from './element.ts';
import { section } from './section.ts';
import { type Column, table } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'Figure', kind: 'text' },
  { title: 'The article’s way', kind: 'figure' },
  { title: 'The truth', kind: 'text' },
];

/** What a benchmark that times the request would have printed of this run, beside the truth; null where nobody asked for it. */
export function articleSection({ article }: ReportData): HTMLElement | null {
  if (article.rows.length === 0) return null;
  const rows = article.rows.map(({ name, figure, source, truth }) => [name, figure, `${source}: ${truth}`]);
  return section(
    'article',
    'As in the article',
    table('The same run, as a benchmark that times the request would tell it', COLUMNS, rows),
    element('p', { class: 'note' }, article.notes.join(' ')),
  );
}
