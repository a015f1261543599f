import { formatMs } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import { LATENCY_COLUMNS } from '../latency-columns.ts';
import { type LatencyRow, latencyRows } from '../latency-rows.ts';
import { alignLeft, alignRight, wrapText } from './display-width.ts';
import type { Palette } from './palette.ts';

const NAME_COLUMNS = 15;
const VALUE_COLUMNS = 9;

/** Percentiles per metric in ms, with a line below that explains each name. Fits 72 columns. */
export function latencyTable(result: RunResult, palette: Palette, columns: number): readonly string[] {
  const rows = latencyRows(result);
  const head = LATENCY_COLUMNS.map(([title]) => alignRight(title, VALUE_COLUMNS)).join('');
  return [
    ` ${palette.strong(alignLeft('Latency, ms', NAME_COLUMNS))}${palette.quiet(head)}`,
    ...rows.map((row) => tableLine(row, palette)),
    ...legend(rows, columns).map((line) => palette.quiet(line)),
  ];
}

function tableLine(row: LatencyRow, palette: Palette): string {
  const name = `   ${alignLeft(row.name, NAME_COLUMNS - 2)}`;
  const { values } = row;
  if (values === null) return name + palette.quiet(alignRight('no data', VALUE_COLUMNS));
  const figures = LATENCY_COLUMNS.map(([, key]) => alignRight(formatMs(values[key]), VALUE_COLUMNS)).join('');
  return name + (row.name === 'delivery' ? palette.strong(figures) : figures);
}

function legend(rows: readonly LatencyRow[], columns: number): readonly string[] {
  const indent = NAME_COLUMNS + 2;
  return rows.flatMap((row) =>
    wrapText(row.meaning, columns - indent).map((line, index) => {
      const name = index === 0 ? row.name : '';
      return `   ${alignLeft(name, indent - 3)}${line}`;
    }),
  );
}
