import uPlot from 'uplot';
import { element } from './element.ts';
import { onThemeChange, themeColor } from './theme.ts';

export interface ChartSeries {
  readonly label: string;
  readonly color: 'ink' | 'quiet' | 'first' | 'second' | 'third';
  readonly dash?: number[];
  readonly width?: number;
  /** Shown under the pointer, with unit. */
  readonly format: (value: number) => string;
  readonly path?: uPlot.Series.PathBuilder;
  /** A dot at every value. */
  readonly dots?: boolean;
  /** Its vertical scale; `y` where left out. */
  readonly scale?: string;
}

export interface ChartSpec {
  readonly title: string;
  /** What the vertical axis counts, with unit; said in the caption. */
  readonly note: string;
  readonly height: number;
  readonly data: uPlot.AlignedData;
  readonly series: readonly ChartSeries[];
  readonly formatX: (value: number) => string;
  readonly scales: uPlot.Scales;
  readonly axes: readonly [x: uPlot.Axis, ...ys: uPlot.Axis[]];
  readonly cursor?: uPlot.Cursor;
  readonly hooks?: uPlot.Hooks.Arrays;
  /** Room for half of the last label, CSS pixels. */
  readonly rightPadding?: number;
  /** Room for what is written above the plot, CSS pixels; a line by default. */
  readonly topPadding?: number;
  /** The same figures as a table, for those who cannot see the chart. */
  readonly behind: HTMLElement;
}

/** Half of a short label, such as that of the last second, reaches beyond the axis. */
const RIGHT_PADDING = 16;

/** What A4 and Letter both offer between usual margins, CSS pixels. */
const PAPER_WIDTH = 640;

/** A linear vertical scale from 0 to a little above the largest value, and to `least` at least. */
export function fromZero(least: number): uPlot.Scale {
  return { range: (_plot, _least, most) => [0, Math.max(least, most * 1.1)] };
}

/** A chart with caption, legend that follows the pointer, and the table behind it. */
export function chart(spec: ChartSpec): HTMLElement {
  const canvas = element('div', { class: 'chart', 'aria-hidden': 'true' });
  const figure = element(
    'figure',
    {},
    element('figcaption', {}, element('b', {}, spec.title), ` ${spec.note}`),
    canvas,
    spec.behind,
  );
  drawWhenPlaced(canvas, (width) => new uPlot(options(spec, width), spec.data, canvas));
  return figure;
}

/** A chart needs the width of its place, which is known only once the page holds it, and changes with window and paper. */
function drawWhenPlaced(place: HTMLElement, draw: (width: number) => uPlot): void {
  let plot: uPlot | null = null;
  const fit = (width: number) => {
    if (width > 0 && plot !== null && plot.width !== width) plot.setSize({ width, height: plot.height });
  };
  const drawOrFit = (width: number) => {
    if (plot === null && width > 0) {
      plot = draw(width);
      onThemeChange(() => plot?.redraw(false));
    } else fit(width);
  };
  new ResizeObserver(() => drawOrFit(place.clientWidth)).observe(place);
  addEventListener('beforeprint', () => {
    // On paper nothing is folded, and an observer would tell too late.
    place.closest<HTMLDetailsElement>('details.fold')?.setAttribute('open', '');
    drawOrFit(Math.min(place.clientWidth, PAPER_WIDTH));
  });
  addEventListener('afterprint', () => fit(place.clientWidth));
}

function options(spec: ChartSpec, width: number): uPlot.Options {
  return {
    width,
    height: spec.height,
    padding: [spec.topPadding ?? 16, spec.rightPadding ?? RIGHT_PADDING, 0, 0],
    scales: spec.scales,
    axes: spec.axes.map((axis, index) => withTheme(index === 0 ? { size: 28, ...axis } : axis)),
    series: [{ label: 'at', value: (_plot, value) => shown(value, spec.formatX) }, ...spec.series.map(seriesOptions)],
    cursor: { points: { size: 6 }, ...spec.cursor },
    // Variables, not the colours of this moment: the browser resolves them anew when the scheme changes or print begins.
    legend: { markers: { width: 2, stroke: (_plot, index) => `var(--${spec.series[index - 1]?.color ?? 'quiet'})` } },
    ...(spec.hooks === undefined ? {} : { hooks: spec.hooks }),
  };
}

function seriesOptions(series: ChartSeries): uPlot.Series {
  return {
    label: series.label,
    stroke: () => themeColor(series.color),
    width: series.width ?? 1.5,
    points: { show: series.dots ?? false, size: 6 },
    value: (_plot, value) => shown(value, series.format),
    ...(series.dash === undefined ? {} : { dash: series.dash }),
    ...(series.scale === undefined ? {} : { scale: series.scale }),
    ...(series.path === undefined ? {} : { paths: series.path }),
  };
}

function withTheme(axis: uPlot.Axis): uPlot.Axis {
  const font = '12px ui-sans-serif, system-ui, sans-serif';
  return {
    stroke: () => themeColor('quiet'),
    grid: { stroke: () => themeColor('rule'), width: 1 },
    ticks: { show: false },
    font,
    ...axis,
  };
}

function shown(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '' : format(value);
}
