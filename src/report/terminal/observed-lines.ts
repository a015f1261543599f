import { mostOf } from '../../extremes.ts';
import { formatPlural } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import { observedRows } from '../observed-rows.ts';
import { alignLeft, alignRight, displayWidth } from './display-width.ts';
import { drawSparkline } from './draw-sparkline.ts';
import { heading } from './fact-lines.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

const HEAD = ['min', 'mean', 'max', 'last'] as const;
const SPARK_COLUMNS = 20;

/** What was observed beside the run: a line for each series, with its course over the run where there is room for it. */
export function observedLines(result: RunResult, palette: Palette, columns: number): readonly string[] {
  const rows = observedRows(result);
  if (rows.length === 0) return [];
  const names = rows.map(({ name }) => plainText(name));
  const nameColumns = mostOf([...names.map(displayWidth), 8]);
  const widths = HEAD.map((key) => 2 + mostOf([key, ...rows.map((row) => row[key])].map(displayWidth)));
  const room = columns - 3 - nameColumns - widths.reduce((sum, width) => sum + width) - 2;
  const spark = Math.min(SPARK_COLUMNS, room);
  return [
    heading('Observed', palette),
    palette.quiet(`   ${alignLeft('', nameColumns)}${HEAD.map((key, at) => alignRight(key, widths[at]!)).join('')}`),
    ...rows.flatMap((row, index) => {
      const cells = HEAD.map((key, at) => alignRight(row[key], widths[at]!)).join('');
      const course = spark < 5 ? '' : `  ${drawSparkline(courseOf(result.observed![index]!.values, spark), spark)}`;
      const gaps =
        row.gaps === 0 ? [] : [`   ${palette.caution(`${formatPlural(row.gaps, 'gap')} in ${names[index]}`)}`];
      return [`   ${alignLeft(names[index]!, nameColumns)}${cells}${course}`.trimEnd(), ...gaps];
    }),
  ];
}

/** As many values as there are columns, the largest of its stretch each. */
function courseOf(values: readonly (number | null)[], columns: number): readonly (number | null)[] {
  const stretches = Math.min(columns, values.length);
  return Array.from({ length: stretches }, (_, index) => {
    const from = Math.floor((index * values.length) / stretches);
    const within = values
      .slice(from, Math.max(from + 1, Math.floor(((index + 1) * values.length) / stretches)))
      .filter((value): value is number => value !== null);
    return within.length === 0 ? null : mostOf(within);
  });
}
