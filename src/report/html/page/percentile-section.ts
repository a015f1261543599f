import uPlot from 'uplot';
import { formatMs } from '../../../quantities.ts';
import type { CurvePoint } from '../../../record/histogram-summary.ts';
import type { ReportData } from '../report-data.ts';
import { chart } from './chart.ts';
import { curveStyle } from './curve-style.ts';
import { latencyAxis, latencyScale, tellMs } from './latency-scale.ts';
import { section } from './section.ts';
import { table, tableOnDemand } from './table.ts';

type Curves = ReportData['curves'];

/** Latency by percentile, on an axis where every further nine is as wide as the one before. */
export function percentileSection({ curves }: ReportData): HTMLElement | null {
  if (curves.length === 0) return null;
  return section('percentiles', 'By percentile', percentileChart(curves, 'Latency by percentile,'));
}

/** Curves with their table; the first is the emphasised one. */
export function percentileChart(curves: Curves, title: string): HTMLElement {
  const largest = curves.reduce((most, { points }) => Math.max(most, lastNine(points)), 1);
  const joined = uPlot.join(
    curves.map(({ points }) => [
      points.map((point) => Math.min(largest, nines(point.percentile))),
      points.map((point) => point.valueUs / 1000),
    ]),
  );
  const scale = latencyScale(curves.map(({ points }) => points.map((point) => point.valueUs / 1000)));
  return chart({
    title,
    note: 'ms, over percent. Each step to the right is one more nine: the rarer, the further.',
    height: 300,
    rightPadding: WIDEST_LABEL / 2 + 2,
    data: joined,
    series: curves.map((curve, index) => ({
      label: curve.name,
      ...curveStyle(index),
      width: index === 0 ? 2 : 1.5,
      format: tellMs,
    })),
    formatX: (value) => formatPercentile(value, largest),
    scales: { x: { time: false, range: [0, largest] }, y: scale },
    axes: [
      { splits: () => Array.from({ length: Math.floor(largest) + 1 }, (_, nine) => nine), values: labelNines },
      latencyAxis(scale),
    ],
    behind: tableOnDemand('Percentiles as a table', () => percentileTable(curves)),
  });
}

/** Where the axis ends: at the last percentile below 100 that the values tell apart. */
function lastNine(points: readonly CurvePoint[]): number {
  const last = points.at(-2);
  return last === undefined ? 1 : nines(last.percentile);
}

/** 0 % → 0, 90 % → 1, 99 % → 2, … : the number of nines. */
function nines(percentile: number): number {
  return -Math.log10(1 - percentile / 100);
}

/** "99.9999 %", CSS pixels. */
const WIDEST_LABEL = 60;

/** Without the sign where labels would touch each other: the axis is named in the caption. */
function labelNines(plot: uPlot, splits: readonly number[]): string[] {
  const isNarrow = plot.bbox.width / uPlot.pxRatio / Math.max(1, splits.length - 1) < WIDEST_LABEL;
  return splits.map((count) => {
    const percentile = (100 - 100 / 10 ** count).toFixed(Math.max(0, count - 2));
    return isNarrow ? percentile : `${percentile} %`;
  });
}

function formatPercentile(value: number, largest: number): string {
  if (value >= largest) return 'the largest';
  const decimals = Math.max(0, Math.ceil(value) - 1);
  return `${(100 * (1 - 10 ** -value)).toFixed(Math.min(6, decimals))} %`;
}

function percentileTable(curves: Curves): HTMLElement {
  const columns = [
    { title: 'Percentile', kind: 'figure' as const },
    ...curves.map(({ name }) => ({ title: `${name}, ms`, kind: 'figure' as const })),
  ];
  const rows = (curves[0]?.points ?? []).map(({ percentile }) => [
    `${Number(percentile.toFixed(6))} %`,
    ...curves.map(({ points }) => formatMs(valueAt(points, percentile))),
  ]);
  return table('Latency by percentile', columns, rows);
}

/** The curve's value at the first of its points that covers the percentile. */
function valueAt(points: readonly CurvePoint[], percentile: number): number | null {
  return points.find((point) => point.percentile >= percentile)?.valueUs ?? null;
}
