import type uPlot from 'uplot';
import { formatRate } from '../../../quantities.ts';
import type { LimitLine, ReportData, TimeSeries } from '../report-data.ts';
import { chart, fromZero } from './chart.ts';
import { element } from './element.ts';
import { inMs, latencyAxis, latencyScale, tellMs } from './latency-scale.ts';
import { themeColor } from './theme.ts';
import { countAxis, perSecond, STEPS, spanned, tellSecond, timeAxis, timeScale } from './time-axis.ts';

/** More of them have no room under the chart; all are in the table of events. */
const EVENTS_NAMED = 4;

/** What went in, what came out, and how long it took, on one clock, with the thresholds on how long it may take. */
export function overviewChart({
  time,
  limits,
  deliveriesPerMessage,
}: Pick<ReportData, 'time' | 'limits' | 'deliveriesPerMessage'>): HTMLElement {
  const offered = time.offered.map((count) => count * deliveriesPerMessage);
  const p95 = inMs(time.p95Us);
  const scale = latencyScale([p95, inMs(limits.map(({ atUs }) => atUs))]);
  const shared = perSecond(time);
  const figure = chart({
    ...shared,
    hooks: { ...shared.hooks, drawSeries: [(plot, index) => index === 1 && drawLimits(plot, limits)] },
    title: 'Throughput and p95 over time:',
    note: 'deliveries per second at the left, ms at the right.',
    height: 230,
    rightPadding: 4,
    data: spanned(time, [offered, time.delivered, p95]),
    series: [
      { label: 'offered', color: 'quiet', dash: [4, 4], format: formatRate, path: STEPS, scale: 'rate' },
      { label: 'delivered', color: 'first', format: formatRate, path: STEPS, scale: 'rate' },
      { label: 'p95', color: 'second', width: 2, format: tellMs, path: STEPS },
    ],
    scales: {
      x: timeScale(time),
      y: scale,
      rate: fromZero(1),
    },
    axes: [timeAxis(), { ...countAxis(), scale: 'rate' }, { ...latencyAxis(scale), side: 1, grid: { show: false } }],
    behind: named(time),
  });
  figure.classList.add('overview');
  return figure;
}

function drawLimits(plot: uPlot, limits: readonly LimitLine[]): void {
  const { ctx, bbox } = plot;
  for (const { expression, atUs, ok } of limits) {
    const y = plot.valToPos(atUs / 1000, 'y', true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.save();
    ctx.strokeStyle = themeColor(ok ? 'quiet' : 'bad');
    ctx.fillStyle = themeColor(ok ? 'quiet' : 'bad');
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.font = `${11 * devicePixelRatio}px ui-sans-serif, system-ui, sans-serif`;
    ctx.textAlign = 'left';
    const isHigh = y - bbox.top < 18 * devicePixelRatio;
    ctx.textBaseline = isHigh ? 'top' : 'bottom';
    const at = [bbox.left + 6 * devicePixelRatio, y + (isHigh ? 3 : -3) * devicePixelRatio] as const;
    // A halo keeps it readable where a line passes.
    ctx.lineWidth = 4 * devicePixelRatio;
    ctx.strokeStyle = themeColor('paper');
    ctx.strokeText(expression, ...at);
    ctx.fillText(expression, ...at);
    ctx.restore();
  }
}

/** What the numbers of the marks stand for. */
function named({ events }: TimeSeries): HTMLElement {
  const shown = events
    .slice(0, EVENTS_NAMED)
    .map(({ atUs, kind, text }, index) =>
      element('li', {}, element('b', {}, `${index + 1}`), ` ${tellSecond(atUs)}  ${kind}: ${text}`),
    );
  const more = events.length - shown.length;
  return element(
    'ul',
    { class: 'marks', 'aria-label': 'Events' },
    ...shown,
    more > 0 ? element('li', {}, `and ${more} more`) : null,
  );
}
