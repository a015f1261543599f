import { Box, Text } from 'ink';
import { memo } from 'react';
import { mostOf } from '../../extremes.ts';
import { formatCount, formatMs, formatNumber } from '../../quantities.ts';
import type { LiveUpdate } from '../../record/live-update.ts';
import { formatObserved } from '../format-observed.ts';
import { type ChartLine, drawChart } from './draw-chart.ts';
import { drawHeat, HEAT_MARGIN } from './live-heat.ts';
import { type LiveHistory, type LiveStretch, meanOf, valuesPerColumn } from './live-history.ts';
import { useTheme } from './live-theme.ts';
import type { BoxSize } from './measured-box.tsx';
import { plainText } from './plain-text.ts';
import { drawTimeTicks } from './time-ticks.ts';
import { planValueAxis, type TickFormat } from './value-axis.ts';

/** Of a chart that can be read: heading, five rows, times. */
export const LEAST_ROWS = 7;
const LEAST_COLUMNS = 28;
const GAP = 3;

export interface ChartsProps extends BoxSize {
  readonly history: LiveHistory;
  /** What is expected of the whole run, µs; charts reach beyond it once the run does. */
  readonly totalUs: number;
  /** How many deliveries a message has, so that what is offered can be compared with what is delivered. */
  readonly recipients: number;
  /** Of the queue; null: nobody sees it, and what is on its way is shown in its place. */
  readonly hasQueue: boolean;
  readonly observed: NonNullable<LiveUpdate['observed']>;
  readonly events: LiveUpdate['events'];
}

/** As many charts over the whole run as there is room for, the most telling first; drawn anew only with a new second. */
export const LiveCharts = memo(function LiveCharts(props: ChartsProps) {
  const { width, height } = props;
  const inRow = width >= 2 * LEAST_COLUMNS + GAP ? 2 : 1;
  const rows = Math.floor(height / LEAST_ROWS);
  const all = listCharts(props);
  const shown = all.slice(0, rows * inRow);
  if (shown.length === 0 || width < LEAST_COLUMNS) return null;
  const lines = Math.ceil(shown.length / inRow);
  const heightOf = (line: number) => Math.floor(((line + 1) * height) / lines) - Math.floor((line * height) / lines);
  return Array.from({ length: lines }, (_, line) => {
    const inLine = shown.slice(line * inRow, (line + 1) * inRow);
    const columns = Math.floor((width - GAP * (inLine.length - 1)) / inLine.length);
    return (
      <Box key={inLine[0]!.title} columnGap={GAP} height={heightOf(line)}>
        {inLine.map((chart) => (
          <Chart key={chart.title} chart={chart} {...props} width={columns} height={heightOf(line)} />
        ))}
      </Box>
    );
  });
});

interface LineOfChart {
  readonly name: string;
  readonly pick: (stretch: LiveStretch) => number | null;
  readonly fold: (values: readonly number[]) => number;
  readonly color: 'first' | 'second' | 'third';
  readonly isDashed: boolean;
}

interface ChartSpec {
  readonly title: string;
  /** Null: the heat map. A later line lies over those before it. */
  readonly lines: readonly LineOfChart[] | null;
  readonly ticks: TickFormat;
  /** Of the latest value, in the legend. */
  readonly format: (value: number | null) => string;
}

function listCharts({ hasQueue, observed, recipients }: ChartsProps): readonly ChartSpec[] {
  const line = (name: string, color: LineOfChart['color'], pick: LineOfChart['pick'], isDashed = false) => ({
    ...{ name, color, pick, isDashed },
    fold: mostOf,
  });
  const rate = (name: string, color: LineOfChart['color'], pick: LineOfChart['pick'], isDashed = false) => ({
    ...line(name, color, pick, isDashed),
    fold: meanOf,
  });
  const depth = hasQueue ? 'queue depth' : 'on their way';
  const ms = { format: (us: number) => formatNumber(us / 1000) };
  const count = { format: formatCount, isWhole: true };
  return [
    {
      title: 'latency, ms',
      lines: [
        line('p99', 'second', ({ p99Us }) => p99Us, true),
        line('p50', 'third', ({ p50Us }) => p50Us, true),
        line('p95', 'first', ({ p95Us }) => p95Us),
      ],
      ticks: ms,
      format: formatMs,
    },
    {
      title: recipients === 1 ? 'messages/s' : 'deliveries/s',
      lines: [
        rate('offered', 'third', ({ offered }) => offered * recipients, true),
        rate('sent', 'second', ({ sent }) => sent * recipients, true),
        rate('delivered', 'first', ({ delivered }) => delivered),
      ],
      ticks: count,
      format: formatNumber,
    },
    { title: depth, lines: [line('', 'first', (stretch) => stretch.depth)], ticks: count, format: formatNumber },
    { title: 'arrivals by latency, ms', lines: null, ticks: ms, format: formatMs },
    ...observed.map(({ name, unit }) => ({
      title: plainText(name),
      lines: [line('', 'first', (stretch: LiveStretch) => stretch.observed[name] ?? null)],
      ticks: { format: (value: number) => formatObserved(unit, value) },
      format: (value: number | null) => formatObserved(unit, value),
    })),
  ];
}

function Chart({ chart, history, totalUs, events, width, height }: ChartsProps & { readonly chart: ChartSpec }) {
  const theme = useTheme();
  const spanUs = Math.max(totalUs, history.stretches.at(-1)?.toUs ?? 0, 1);
  const rows = height - 2;
  const { lines, labels } = chart.lines === null ? drawHeatMap() : drawLines(chart.lines);
  const last = history.stretches.at(-1);
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      <Text wrap="truncate-end">
        {theme.strong(chart.title)}
        {(chart.lines ?? []).toReversed().map(({ name, pick, color, isDashed }) => {
          const value = last === undefined ? null : pick(last);
          return `  ${theme[color](isDashed ? '┄' : '─')} ${name === '' ? '' : `${name} `}${chart.format(value)}`;
        })}
      </Text>
      <Text wrap="truncate-end">{[...new Array<string>(rows - lines.length).fill(' '), ...lines].join('\n')}</Text>
      <Text wrap="truncate-end">{theme.quiet(' '.repeat(labels) + drawTimeTicks(spanUs, width - labels))}</Text>
    </Box>
  );

  function drawLines(wanted: readonly LineOfChart[]) {
    const most = mostOf(
      history.stretches.flatMap((stretch) => wanted.map(({ pick }) => pick(stretch) ?? 0)),
      0,
    );
    const axis = planValueAxis(most, rows, chart.ticks);
    const labels = axis.labels[0]!.length + 1;
    const columns = Math.max(1, width - labels);
    const drawn = wanted.map(({ pick, fold, color, isDashed }): ChartLine => {
      const values = valuesPerColumn(history, spanUs, columns, pick, fold);
      return { values, paint: theme[color], isDashed };
    });
    const marks = events.map(({ atUs }) => Math.floor((atUs / spanUs) * columns));
    return { lines: drawChart(axis, drawn, columns, { columns: marks, paint: theme.caution }), labels };
  }

  function drawHeatMap() {
    const lines = drawHeat(history, { spanUs, columns: width, rows }, theme.heat);
    return { lines, labels: HEAT_MARGIN };
  }
}
