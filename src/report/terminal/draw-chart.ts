import { plot } from 'asciichart';
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
/** Axis, ends of a line at a gap, line and corners, in asciichart's order. */
const SOLID = ['┤', '┤', '╶', '╴', '─', '╰', '╭', '╮', '╯', '│'];
const DASHED = ['┤', '┤', '╶', '╴', '┄', '╰', '╭', '╮', '╯', '┆'];

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
  for (const { start, run } of splitAtGaps(values)) {
    const fitting = run.map((value) => Math.min(axis.top, Math.max(0, value)));
    // It draws from each value to the next one: the first, twice, gets a column of its own. Axis and labels are those of all lines.
    const plotted = plot([fitting[0]!, ...fitting], {
      min: 0,
      max: axis.top,
      height: axis.rows - 1,
      offset: 0,
      symbols: isDashed ? DASHED : SOLID,
      format: () => ' ',
    });
    for (const [index, row] of plotted.split('\n').entries()) {
      for (const [position, glyph] of [...row].entries()) {
        const column = start + position;
        if (glyph !== ' ' && column < cells[index]!.length) cells[index]![column] = paint(glyph);
      }
    }
  }
}

/** The values that stand side by side, each run of them with the column that it begins in. */
function splitAtGaps(values: readonly (number | null)[]): readonly { start: number; run: number[] }[] {
  const runs: { start: number; run: number[] }[] = [];
  for (const [column, value] of values.entries()) {
    if (value === null) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.start + last.run.length === column) last.run.push(value);
    else runs.push({ start: column, run: [value] });
  }
  return runs;
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
