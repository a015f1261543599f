import type { Trend, TrendSeries } from '../../gate/trend.ts';
import { formatCount, formatMinute, formatPlural } from '../../quantities.ts';
import { describeChange } from '../describe-change.ts';
import { formatFigure } from '../format-figure.ts';
import { alignLeft, alignRight, wrapText } from './display-width.ts';
import { drawSparkline } from './draw-sparkline.ts';
import { indented } from './fact-lines.ts';
import { choosePalette, type Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

export interface TrendView {
  readonly trend: Trend;
  /** What all of the runs are of. */
  readonly title: string;
  /** Runs that were left out because they are of another kind. */
  readonly others: number;
  readonly page: string | null;
}

const COLUMNS = 80;
const SUBJECT_COLUMNS = 16;
const SPARK_COLUMNS = 40;
const FIGURE_COLUMNS = 14;
const CELL_COLUMNS = 11;
const ROWS = 20;

/**
 * Runs over time for a person at a terminal: a sparkline for each figure, what changed, and the last runs. Fits 80 columns, but for
 * the path of the page. Ends with a line break.
 */
export function renderTrend({ trend, title, others, page }: TrendView, color: boolean): string {
  const palette = choosePalette(color);
  const blocks = [
    [
      ...titleLines(formatPlural(trend.runs.length, 'run'), plainText(title), palette),
      ...(others === 0
        ? []
        : [palette.quiet(`   ${formatPlural(others, 'run')} of other machines, loads, targets or versions left out`)]),
      ...(trend.runs.some(({ trials }) => trials > 1)
        ? [palette.quiet('   a repeat is one run, with the medians of its trials')]
        : []),
    ],
    trend.series.map((series) => sparkLine(series, palette)),
    changeLines(trend, palette),
    runLines(trend, palette),
    page === null ? [] : [` ${palette.strong(alignLeft('Page', 13))}${page}`],
  ];
  return `\n${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n\n`;
}

function titleLines(runs: string, title: string, palette: Palette): readonly string[] {
  const [first, ...rest] = wrapText(`${runs} of ${title}`, COLUMNS - 3);
  return [` ${palette.strong(runs)}${first!.slice(runs.length)}`, ...indented(rest, 3)];
}

function sparkLine({ subject, values }: TrendSeries, palette: Palette): string {
  const last = values.findLast((value) => value !== null) ?? null;
  const figure = last === null ? 'no data' : formatFigure(subject, last);
  return ` ${palette.strong(alignLeft(subject, SUBJECT_COLUMNS))}${alignLeft(drawSparkline(values, SPARK_COLUMNS), SPARK_COLUMNS)}${alignRight(figure, FIGURE_COLUMNS)}`;
}

function changeLines({ runs, series }: Trend, palette: Palette): readonly string[] {
  const lines = series.flatMap(({ subject, changes }) =>
    changes.flatMap((change) => {
      const { index, ratio, p } = change;
      const run = runs[index]!;
      const text = `${subject} ${describeChange(change)} since ${formatMinute(run.startedAt)} (p = ${p.toFixed(3)}, ${plainText(run.id)})`;
      const [first, ...rest] = wrapText(text, COLUMNS - 5);
      const mark = ratio > 1 === (subject !== 'delivered.rate') ? palette.bad('▲') : palette.good('▼');
      return [`   ${mark} ${first}`, ...indented(rest, 5)];
    }),
  );
  if (lines.length === 0) return [` ${palette.quiet('No level has changed.')}`];
  return [` ${palette.strong('Changes of level')}`, ...lines];
}

function runLines({ runs, series }: Trend, palette: Palette): readonly string[] {
  const first = Math.max(0, runs.length - ROWS);
  const head = series
    .map(({ subject }) =>
      alignRight(subject.replace('delivery.', '').replace('delivered.rate', 'delivered'), CELL_COLUMNS),
    )
    .join('');
  const earlier = first === 0 ? [] : [palette.quiet(`   … ${formatCount(first)} earlier`)];
  const changed = new Set(series.flatMap(({ changes }) => changes.map(({ index }) => index)));
  const rows = runs.slice(first).map((run, position) => {
    const index = first + position;
    const figures = series.map(({ subject, values }) => {
      const value = values[index] ?? null;
      return alignRight(value === null ? '–' : formatFigure(subject, value), CELL_COLUMNS);
    });
    const mark = { pass: palette.good('✓'), fail: palette.bad('✗'), invalid: palette.caution('!') }[run.verdict];
    return ` ${changed.has(index) ? '▸' : ' '}${mark} ${formatMinute(run.startedAt)}${figures.join('')}`;
  });
  return [` ${palette.quiet(alignLeft('Last runs, UTC', 19))}${palette.quiet(head)}`, ...earlier, ...rows];
}
