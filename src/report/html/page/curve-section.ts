import type uPlot from 'uplot';
import { mostOf } from '../../../extremes.ts';
import { formatCount, formatPlural, formatRate } from '../../../quantities.ts';
import type { CurveData, ExperimentData } from '../experiment-data.ts';
import { type ChartSeries, chart } from './chart.ts';
import { element } from './element.ts';
import { inMs, latencyAxis, latencyScale, tellMs } from './latency-scale.ts';
import { section } from './section.ts';
import { themeColor } from './theme.ts';

const AXES = {
  delivered: { title: 'Latency by throughput', unit: 'messages delivered per second', format: formatRate },
  clients: { title: 'Latency by clients', unit: 'clients', format: (x: number) => formatPlural(x, 'client') },
  'room-size': {
    title: 'Latency by size of room',
    unit: 'members of a room',
    format: (x: number) => `rooms of ${formatCount(x)}`,
  },
} as const;

/** What waiting costs at each load; null where there is no curve. */
export function curveSection({ curve }: ExperimentData): HTMLElement | null {
  if (curve === null) return null;
  const lines = [
    { name: 'p50', values: curve.p50Us },
    { name: 'p95', values: curve.p95Us },
    { name: 'p99', values: curve.p99Us },
  ] as const;
  const { title, unit } = AXES[curve.axis];
  return section('curve', 'Curve', latencyCurve(curve, lines, 1, `${title}:`, `delivery, ms, over ${unit}.`));
}

/**
 * Three lines of latencies over what was varied, with a dot for each step.
 *
 * @param marked  index of the line that has the dots
 */
export function latencyCurve(
  curve: Pick<CurveData, 'axis' | 'x' | 'held' | 'knee' | 'capacity'>,
  lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[],
  marked: number,
  title: string,
  note: string,
): HTMLElement {
  const columns = lines.map(({ values }) => inMs(values));
  const { format } = AXES[curve.axis];
  const scale = latencyScale(columns);
  // The pointer wants x in ascending order; the line is drawn in the order of the load, which may turn back.
  const order = curve.x.map((_, index) => index).sort((one, other) => (curve.x[one] ?? 0) - (curve.x[other] ?? 0));
  const sorted = (column: readonly (number | null)[]) => order.map((index) => column[index] ?? null);
  return chart({
    title,
    note: `${note} Dots are steps; hollow ones did not hold.`,
    height: 330,
    topPadding: 38,
    data: [order.map((index) => curve.x[index] ?? 0), ...columns.map(sorted)],
    series: lines.map(({ name }, index) => ({
      ...STROKES[index % STROKES.length]!,
      ...(index === marked ? { width: 2 } : {}),
      label: name,
      format: tellMs,
      path: pathInOrder(curve.x, columns[index] ?? []),
    })),
    formatX: format,
    scales: { x: { time: false, range: () => [0, mostOf(curve.x) * 1.05] }, y: scale },
    axes: [{ space: 72, values: (_plot, values) => values.map((x) => formatCount(x)) }, latencyAxis(scale)],
    cursor: { drag: { x: false, y: false } },
    hooks: { draw: [(plot) => markPoints(plot, curve, columns[marked] ?? [], COLORS[marked] ?? 'second')] },
    behind: element('p', { class: 'note' }, 'The figures are in the tables below.'),
  });
}

const COLORS = ['first', 'second', 'third'] as const;
const STROKES: readonly Pick<ChartSeries, 'color' | 'dash'>[] = [
  { color: 'first' },
  { color: 'second' },
  { color: 'third', dash: [5, 3] },
];

/** A line from point to point in the order given; it breaks where there is no value. */
function pathInOrder(xs: readonly number[], values: readonly (number | null)[]): uPlot.Series.PathBuilder {
  return (plot) => {
    const stroke = new Path2D();
    let isDown = false;
    for (const [index, value] of values.entries()) {
      if (value === null) {
        isDown = false;
        continue;
      }
      const x = plot.valToPos(xs[index] ?? 0, 'x', true);
      const y = plot.valToPos(value, 'y', true);
      if (isDown) stroke.lineTo(x, y);
      else stroke.moveTo(x, y);
      isDown = true;
    }
    return { stroke, fill: null, clip: null, band: null, gaps: null, flags: 0 } as unknown as uPlot.Series.Paths;
  };
}

/** A dot at every step, and a line with a name at the knee and at the capacity. */
function markPoints(
  plot: uPlot,
  curve: Pick<CurveData, 'x' | 'held' | 'knee' | 'capacity'>,
  valuesMs: readonly (number | null)[],
  color: (typeof COLORS)[number],
): void {
  const { ctx } = plot;
  ctx.save();
  for (const [index, value] of valuesMs.entries()) {
    if (value === null) continue;
    ctx.beginPath();
    ctx.arc(
      plot.valToPos(curve.x[index] ?? 0, 'x', true),
      plot.valToPos(value, 'y', true),
      4 * devicePixelRatio,
      0,
      2 * Math.PI,
    );
    ctx.fillStyle = curve.held[index] === true ? themeColor(color) : themeColor('paper');
    ctx.strokeStyle = themeColor(color);
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
  if (curve.knee !== null && curve.knee === curve.capacity) markLine(plot, curve.x[curve.knee], 'knee, sustained', 0);
  else {
    if (curve.knee !== null) markLine(plot, curve.x[curve.knee], 'knee', 0);
    if (curve.capacity !== null) markLine(plot, curve.x[curve.capacity], 'sustained', 1);
  }
}

/** Named above the plot, where no line passes; names of lines that lie close to each other stand in different rows. */
function markLine(plot: uPlot, value: number | undefined, label: string, row: number): void {
  if (value === undefined) return;
  const { ctx, bbox } = plot;
  const x = plot.valToPos(value, 'x', true);
  ctx.save();
  ctx.strokeStyle = themeColor('caution');
  ctx.fillStyle = themeColor('caution');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = `${12 * devicePixelRatio}px ui-sans-serif, system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  const half = ctx.measureText(label).width / 2;
  const middle = Math.min(Math.max(x, half), ctx.canvas.width - half);
  ctx.fillText(label, middle, bbox.top - (3 + 16 * row) * devicePixelRatio);
  ctx.restore();
}
