import { formatMs } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import { bracketFew, LATENCY_COLUMNS } from '../latency-columns.ts';
import { describeClockError, type LatencyRow, latencyRows } from '../latency-rows.ts';
import { alignLeft, alignRight, wrapText } from './display-width.ts';
import type { Palette } from './palette.ts';

const NAME_COLUMNS = 15;
const VALUE_COLUMNS = 9;

/** Percentiles per metric in ms; where `explained`, with a line below that explains each name. Fits 72 columns. */
export function latencyTable(
  result: RunResult,
  palette: Palette,
  columns: number,
  explained = false,
): readonly string[] {
  const rows = latencyRows(result);
  const head = LATENCY_COLUMNS.map(([title]) => alignRight(title, VALUE_COLUMNS)).join('');
  return [
    ` ${palette.strong(alignLeft('Latency, ms', NAME_COLUMNS))}${palette.quiet(head)}`,
    ...rows.map((row) => tableLine(row, palette)),
    ...clockLine(result, rows, palette),
    ...[...(explained ? legend(rows, columns) : []), ...bracketLegend(rows)].map((line) => palette.quiet(line)),
  ];
}

function tableLine(row: LatencyRow, palette: Palette): string {
  const name = `   ${alignLeft(row.name, NAME_COLUMNS - 2)}`;
  const { values } = row;
  if (values === null) return name + palette.quiet(alignRight(row.isUnknown ? 'not known' : 'no data', VALUE_COLUMNS));
  const figures = LATENCY_COLUMNS.map(([title, key]) =>
    alignRight(bracketFew(formatMs(values[key]), title, values.count), VALUE_COLUMNS),
  ).join('');
  return name + (row.name === 'delivery' ? palette.strong(figures) : figures);
}

/** Of a run with rooms over several agents. */
function clockLine(result: RunResult, rows: readonly LatencyRow[], palette: Palette): readonly string[] {
  const error = describeClockError(result).trim();
  if (error === '') return [];
  const isWithheld = rows.some(({ isUnknown }) => isUnknown);
  const text = `${error}: delivery, fan-out and service, by the clocks of agents`;
  return [
    palette.quiet(`   ${text}`),
    ...(isWithheld ? [palette.quiet('   not known: more than a tenth of it. Start agents with --time-server')] : []),
  ];
}

function bracketLegend(rows: readonly LatencyRow[]): readonly string[] {
  const isBracketed = rows.some(({ values }) =>
    LATENCY_COLUMNS.some(([title]) => values !== null && bracketFew('', title, values.count) !== ''),
  );
  return isBracketed ? [`   ${alignLeft('(…)', NAME_COLUMNS - 1)}of fewer values than such a percentile takes`] : [];
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
