import { plot } from 'asciichart';
import { mostOf } from '../../extremes.ts';
import { alignRight } from './display-width.ts';

/** Columns that the axis takes between label and first value. */
const AXIS_COLUMNS = 2;

/** Axis, line and corners, in asciichart's order. The axis is plain throughout: a cross would mark the top line. */
const SYMBOLS = ['┤', '┤', '╶', '╴', '─', '╰', '╭', '╮', '╯', '│'];

export interface ChartSize {
  /** Columns of the whole chart, labels included. */
  readonly columns: number;
  /** Lines between the lowest and the highest value; the chart has one more. */
  readonly height: number;
}

/**
 * A line chart of values ≥ 0 over time, from 0 up, as lines of text that fit `size.columns`. Where there are more values than
 * columns, each column shows the largest of its share: a peak of one sample stays visible. Empty without values.
 */
export function drawChart(
  values: readonly number[],
  size: ChartSize,
  formatLabel: (value: number) => string,
): readonly string[] {
  if (values.length === 0) return [];
  const top = mostOf(values, 1);
  const labelColumns = Math.max(AXIS_COLUMNS, formatLabel(top).length, formatLabel(0).length);
  const fitting = largestPerColumn(values, Math.max(2, size.columns - labelColumns - AXIS_COLUMNS));
  const chart = plot(fitting, {
    min: 0,
    max: top,
    height: size.height,
    offset: AXIS_COLUMNS,
    symbols: SYMBOLS,
    format: (value) => alignRight(formatLabel(value), labelColumns),
  });
  return chart.split('\n').map((line) => line.trimEnd());
}

function largestPerColumn(values: readonly number[], columns: number): readonly number[] {
  if (values.length <= columns) return values;
  return Array.from({ length: columns }, (_, column) => {
    const start = Math.floor((column * values.length) / columns);
    const end = Math.floor(((column + 1) * values.length) / columns);
    return mostOf(values.slice(start, end));
  });
}
