import { mostOf } from '../../extremes.ts';
import type { ValueAxis } from './value-axis.ts';

export interface ChartLine {
  /** One for each column, ≥ 0; null leaves a gap. */
  readonly values: readonly (number | null)[];
  /** For what stands beside the one that matters. */
  readonly isDashed?: boolean;
  readonly paint?: (text: string) => string;
}

export interface ChartMarks {
  /** Columns in which something happened. */
  readonly columns: readonly number[];
  readonly paint: (text: string) => string;
}

const AXIS = '┤';
const MARK = '┊';
const SOLID = { level: '─', steep: '│' };
const DASHED = { level: '┄', steep: '┆' };

/**
 * Lines of values over time, with the axis at their left, as rows of text from the top down. Where lines meet, a later one lies
 * over those before it.
 *
 * @param columns  of the lines alone, without the axis
 */
export function drawChart(
  axis: ValueAxis,
  lines: readonly ChartLine[],
  columns: number,
  marks: ChartMarks = { columns: [], paint: (text) => text },
): readonly string[] {
  const cells = Array.from({ length: axis.rows }, () => new Array<string>(columns).fill(' '));
  for (const line of lines) draw(line, axis, cells);
  for (const column of marks.columns) {
    for (const row of cells) if (row[column] === ' ') row[column] = marks.paint(MARK);
  }
  return cells.map((row, index) => `${axis.labels[index]}${AXIS}${row.join('')}`.trimEnd());
}

function draw(
  { values, isDashed = false, paint = (text) => text }: ChartLine,
  axis: ValueAxis,
  cells: string[][],
): void {
  const { level, steep } = isDashed ? DASHED : SOLID;
  const rowOf = (value: number) => {
    const share = Math.min(1, Math.max(0, value / axis.top));
    return axis.rows - 1 - Math.round(share * (axis.rows - 1));
  };
  const put = (row: number, column: number, glyph: string) => {
    if (column < cells[row]!.length) cells[row]![column] = paint(glyph);
  };
  let before: number | null = null;
  for (const [column, value] of values.entries()) {
    const row = value === null ? null : rowOf(value);
    if (row !== null && (before === null || before === row)) put(row, column, level);
    else if (row !== null && before !== null) {
      const rises = row < before;
      put(before, column, rises ? '╯' : '╮');
      put(row, column, rises ? '╭' : '╰');
      for (let between = Math.min(row, before) + 1; between < Math.max(row, before); between++)
        put(between, column, steep);
    }
    before = row;
  }
}

/** As many values as there are columns at most, the largest of its share each: a peak of one sample stays visible. */
export function largestPerColumn(values: readonly number[], columns: number): readonly number[] {
  if (values.length <= columns) return values;
  return Array.from({ length: columns }, (_, column) => {
    const start = Math.floor((column * values.length) / columns);
    const end = Math.floor(((column + 1) * values.length) / columns);
    return mostOf(values.slice(start, end));
  });
}
