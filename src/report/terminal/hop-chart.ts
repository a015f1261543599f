import type { RunResult } from '../../result/run-result.ts';
import { hopWaterfalls, type WaterfallHop } from '../hop-waterfall.ts';
import { formatMs } from '../quantities.ts';
import { alignLeft, alignRight, wrapText } from './display-width.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

const NAME_COLUMNS = 15;
const FIGURE_COLUMNS = 8;
const FIGURES = 3;

/** Where the time of a delivery goes, hop after hop, and at which one most of it; nothing where messages carry no stamps. */
export function hopChart(result: RunResult, palette: Palette, columns: number): readonly string[] {
  const delivery = hopWaterfalls(result).find(({ way }) => way === 'delivery');
  if (delivery === undefined) return [];
  const { totalUs, hops, slowest } = delivery;
  const barColumns = Math.min(60, columns - NAME_COLUMNS - FIGURES * FIGURE_COLUMNS - 4);
  const head = ['mean', 'p95', 'share'].map((title) => alignRight(title, FIGURE_COLUMNS)).join('');
  const share = hops.find(({ name }) => name === slowest)?.share ?? 0;
  return [
    ` ${palette.strong(alignLeft('Hops, ms', NAME_COLUMNS + barColumns + 2))}${palette.quiet(head)}`,
    ...hops.map((hop) => hopLine(hop, totalUs, barColumns, hop.name === slowest ? palette.caution : (text) => text)),
    ...wrapText(
      plainText(`${Math.round(share * 100)} % of the time of a delivery is spent at ${slowest}`),
      columns - 3,
    ).map((line) => `   ${line}`),
  ];
}

function hopLine(hop: WaterfallHop, totalUs: number, columns: number, paint: (text: string) => string): string {
  const { name, startUs, meanUs, p95Us, share } = hop;
  const column = (us: number) => Math.round((us / totalUs) * columns);
  const start = Math.min(columns - 1, column(startUs));
  const length = Math.max(1, Math.min(columns, column(startUs + meanUs)) - start);
  const bar = ' '.repeat(start) + paint('█'.repeat(length)) + ' '.repeat(Math.max(0, columns - start - length));
  const figures = [formatMs(meanUs), formatMs(p95Us), `${Math.round(share * 100)} %`];
  const [shown = ''] = wrapText(plainText(name), NAME_COLUMNS - 2);
  return `   ${alignLeft(shown, NAME_COLUMNS)}${bar}${figures.map((figure) => alignRight(figure, FIGURE_COLUMNS)).join('')}`;
}
