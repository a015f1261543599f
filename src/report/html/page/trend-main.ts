import type uPlot from 'uplot';
import type { TrendSeries } from '../../../gate/trend.ts';
import { formatMinute, formatPlural } from '../../../quantities.ts';
import { describeChange } from '../../describe-change.ts';
import { formatFigure } from '../../format-figure.ts';
import type { TrendData } from '../trend-data.ts';
import { chart, fromZero } from './chart.ts';
import { element } from './element.ts';
import { latencyAxis, latencyScale } from './latency-scale.ts';
import { layOut } from './lay-out.ts';
import { readData } from './read-data.ts';
import { section } from './section.ts';
import { figure, table, text } from './table.ts';
import { themeColor } from './theme.ts';

async function showTrend(): Promise<void> {
  const data = await readData<TrendData>();
  document.title = `${data.title} – chatbench history`;
  const { runs } = data.trend;
  layOut(
    element(
      'header',
      { class: 'banner' },
      element('p', { class: 'kicker' }, 'chatbench · history'),
      element('h1', {}, data.title),
      element('p', { class: 'finding' }, describe(data)),
    ),
    [
      section('changes', 'Changes of level', changeTable(data)),
      ...data.trend.series
        .filter(({ values }) => values.some((value) => value !== null))
        .map((series, index) => section(`series-${index}`, series.subject, seriesChart(series, data))),
      section('runs', 'Runs', runTable(data)),
    ],
    `${formatPlural(runs.length, 'run')}, written by chatbench. This file is complete in itself.`,
  );
}

function describe({ trend: { runs, series } }: TrendData): string {
  const changes = series.reduce((sum, each) => sum + each.changes.length, 0);
  const span = `${formatMinute(runs[0]?.startedAt ?? '')} to ${formatMinute(runs.at(-1)?.startedAt ?? '')} UTC`;
  return `${formatPlural(runs.length, 'run')} from ${span}; ${changes === 0 ? 'no level has changed' : formatPlural(changes, 'change of level', 'changes of level')}.`;
}

/** More of them would make a band. */
const MOST_DOTS = 80;

function seriesChart(series: TrendSeries, data: TrendData): HTMLElement {
  const { subject, values } = series;
  const isTime = subject.startsWith('delivery.');
  // In ms, as latency axes are; what never arrived has no place on an axis.
  const column = values.map((value) =>
    value === null || !Number.isFinite(value) ? null : isTime ? value / 1000 : value,
  );
  const scale: uPlot.Scale = isTime ? latencyScale([column]) : fromZero(1);
  const format = (value: number) => formatFigure(subject, isTime ? value * 1000 : value);
  return chart({
    title: `${subject}:`,
    note: `${isTime ? 'ms, ' : ''}one point per run, oldest first; dashed lines mark changes of level.`,
    height: 180,
    data: [values.map((_, index) => index + 1), column],
    // A single run is no line, and of a few each is worth a look.
    series: [{ label: subject, color: 'first', format, dots: values.length <= MOST_DOTS }],
    formatX: (index) => `run ${index}, ${formatMinute(data.trend.runs[index - 1]?.startedAt ?? '')}`,
    // Half a run beyond the first and the last, so that a single one has a place.
    scales: { x: { time: false, range: [0.5, values.length + 0.5] }, y: scale },
    axes: [
      {
        space: 72,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500],
        values: (_plot, indices) => indices.map((index) => data.trend.runs[index - 1]?.startedAt.slice(0, 10) ?? ''),
      },
      isTime ? latencyAxis(scale) : { size: 56 },
    ],
    hooks: { draw: [(plot) => markChanges(plot, series)] },
    behind: element(
      'p',
      { class: 'note' },
      `The figures are in the table of ${formatPlural(data.trend.runs.length, 'run')} below.`,
    ),
  });
}

/** A line between the last run of one level and the first of the next. */
function markChanges(plot: uPlot, { changes }: TrendSeries): void {
  const { ctx, bbox } = plot;
  for (const { index } of changes) {
    const x = plot.valToPos(index + 0.5, 'x', true);
    ctx.save();
    ctx.strokeStyle = themeColor('caution');
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  }
}

function changeTable({ trend: { runs, series } }: TrendData): HTMLElement {
  const rows = series.flatMap(({ subject, changes }) =>
    changes.map((change) => [
      subject,
      describeChange(change),
      change.p.toFixed(3),
      String(change.index + 1),
      formatMinute(runs[change.index]?.startedAt ?? ''),
      runs[change.index]?.id ?? '',
    ]),
  );
  if (rows.length === 0) return element('p', { class: 'note' }, 'None was found.');
  const columns = [text('Figure'), figure('Change'), figure('p'), figure('From run'), text('At, UTC'), text('Run')];
  return table('Changes of level, by a rank test', columns, rows);
}

function runTable({ trend: { runs, series } }: TrendData): HTMLElement {
  const columns = [
    figure('Run'),
    text('At, UTC'),
    text('Verdict'),
    ...series.map(({ subject }) => figure(subject)),
    text('Id'),
  ];
  const rows = runs.map((run, index) => [
    String(index + 1),
    formatMinute(run.startedAt),
    run.verdict,
    ...series.map(({ subject, values }) => {
      const value = values[index] ?? null;
      return value === null ? '–' : formatFigure(subject, value);
    }),
    run.id,
  ]);
  return table('All runs, oldest first', columns, rows);
}

void showTrend();
