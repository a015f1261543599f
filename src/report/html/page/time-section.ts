import type uPlot from 'uplot';
import { formatCount, formatMs, formatRate } from '../../../quantities.ts';
import type { HeatData, QueueData, ReportData, TimeSeries } from '../report-data.ts';
import { chart, fromZero } from './chart.ts';
import { element } from './element.ts';
import { factList } from './facts.ts';
import { paintHeat } from './heat.ts';
import { inMs, latencyAxis, latencyScale, tellMs } from './latency-scale.ts';
import { observedCharts } from './observed-charts.ts';
import { foldedSection } from './section.ts';
import { figure, table, tableOnDemand, text } from './table.ts';
import { countAxis, overTime, perSecond, STEPS, spanned, tellSecond, timeAxis, timeScale } from './time-axis.ts';
import { timeWindowControls } from './time-window.ts';

/** The run second by second: charts that share one pointer and one zoom, and the events marked in them. */
export function timeSection({ time, heat, queue, queueFacts, observed, drift, slowest }: ReportData): HTMLElement {
  return foldedSection(
    'time',
    'Over time',
    element(
      'p',
      { class: 'note screen-only' },
      'Drag across a chart to zoom into all of them; double-click to go back.',
    ),
    timeWindowControls(time.endSecond),
    rateChart(time),
    ...observedCharts(time, observed),
    latencyChart(time),
    heat === null ? null : heatChart(time, heat),
    queue === null
      ? element(
          'p',
          { class: 'note' },
          'Queue depth was not observed: name the queue of your own server with --queue or observe.',
        )
      : queueChart(time, queue),
    queueFacts.length === 0 ? null : factList(queueFacts),
    latenessChart(time),
    drift.length === 0 ? null : driftTable(drift),
    slowest.length === 0 ? null : slowTable(slowest),
    eventTable(time),
  );
}

/** To be opened in a tracing tool. */
function slowTable(slowest: ReportData['slowest']): HTMLElement {
  const rows = slowest.map(({ latency, traceId, utc, who, hops }) => [latency, traceId, utc, who, hops]);
  const columns = [figure('Latency'), text('Trace'), text('Due'), text('Whose'), text('Where its time went')];
  return table('The slowest messages', columns, rows);
}

/** Whether it stayed as it was. */
function driftTable(drift: ReportData['drift']): HTMLElement {
  const rows = drift.map(({ name, perHour, interval, judgement }) => [name, perHour, interval, judgement]);
  const columns = [text('Figure'), figure('An hour'), figure('With 99 % confidence'), text('')];
  return table('Drift: slopes over measure', columns, rows);
}

function rateChart(time: TimeSeries): HTMLElement {
  return chart({
    ...perSecond(time),
    title: 'Messages per second:',
    note: 'offered by the schedule, sent, and delivered to recipients.',
    height: 200,
    data: spanned(time, [time.offered, time.sent, time.delivered]),
    series: [
      { label: 'offered', color: 'quiet', dash: [4, 4], format: formatRate, path: STEPS },
      { label: 'sent', color: 'first', format: formatRate, path: STEPS },
      { label: 'delivered', color: 'second', format: formatRate, path: STEPS },
    ],
    scales: { x: timeScale(time), y: fromZero(1) },
    axes: [timeAxis(), countAxis()],
    behind: tableOnDemand('Every second as a table', () => secondTable(time)),
  });
}

function latencyChart(time: TimeSeries): HTMLElement {
  const columns = [inMs(time.p50Us), inMs(time.p95Us), inMs(time.p99Us)];
  const scale = latencyScale(columns);
  return chart({
    ...perSecond(time),
    title: 'Delivery latency, ms:',
    note: 'of what arrived in each second.',
    height: 200,
    data: spanned(time, columns),
    series: [
      { label: 'p50', color: 'first', format: tellMs, path: STEPS },
      { label: 'p95', color: 'second', width: 2, format: tellMs, path: STEPS },
      { label: 'p99', color: 'third', dash: [5, 3], format: tellMs, path: STEPS },
    ],
    scales: { x: timeScale(time), y: scale },
    axes: [timeAxis(), latencyAxis(scale)],
    behind: tableOnDemand('Every second as a table', () => latencyTable(time)),
  });
}

function heatChart(time: TimeSeries, heat: HeatData): HTMLElement {
  const edgesMs = heat.edgesUs.map((us) => us / 1000);
  const least = edgesMs[0] ?? 0.001;
  const most = edgesMs.at(-1) ?? 1;
  const median = inMs(time.p50Us);
  const shared = perSecond(time);
  const scale: uPlot.Scale = { distr: 3, log: 10, range: [least, most] };
  return chart({
    ...shared,
    hooks: { ...shared.hooks, drawAxes: [(plot) => paintHeat(plot, time.second, edgesMs, heat.counts)] },
    title: 'Delivery latency, heat map, ms:',
    note: 'the stronger the colour, the more deliveries that arrived in that second took that long.',
    height: 220,
    data: spanned(time, [median]),
    series: [{ label: 'p50', color: 'ink', format: tellMs, path: STEPS }],
    scales: { x: timeScale(time), y: scale },
    axes: [timeAxis(), latencyAxis(scale)],
    behind: tableOnDemand('The heat map as a table', () => heatTable(time, heat)),
  });
}

function latenessChart(time: TimeSeries): HTMLElement {
  return chart({
    ...perSecond(time),
    title: 'Generator lateness, ms:',
    note: 'the latest send of every second. Tall bars put the latencies above them in doubt.',
    height: 140,
    data: spanned(time, [inMs(time.latenessMaxUs), time.skipped]),
    series: [
      { label: 'latest send', color: 'third', format: tellMs, path: STEPS },
      { label: 'skipped', color: 'quiet', format: formatCount, path: () => null, scale: 'count' },
    ],
    scales: {
      x: timeScale(time),
      y: fromZero(1),
      count: { range: [0, 1] },
    },
    axes: [timeAxis(), { size: 56, values: (_plot, values) => values.map((ms) => formatMs(ms * 1000)) }],
    behind: tableOnDemand('Lateness as a table', () => latenessTable(time)),
  });
}

function queueChart(time: TimeSeries, queue: QueueData): HTMLElement {
  const seconds = queue.atUs.map((us) => us / 1e6);
  return chart({
    ...overTime(time),
    title: 'Queue depth, messages:',
    note: `waiting in the queue and in flight at workers, every ${queue.intervalMs} ms (${queue.source}).`,
    height: 200,
    data: [seconds, [...queue.ready], [...queue.inFlight]],
    series: [
      { label: 'ready', color: 'first', format: formatCount },
      { label: 'in flight', color: 'second', format: formatCount },
    ],
    scales: { x: timeScale(time), y: fromZero(5) },
    axes: [timeAxis(), countAxis()],
    behind: tableOnDemand('The deepest of every second as a table', () => queueTable(queue)),
  });
}

function secondTable(time: TimeSeries): HTMLElement {
  const rows = time.second.map((second, index) => [
    String(second),
    formatCount(time.offered[index] ?? 0),
    formatCount(time.sent[index] ?? 0),
    formatCount(time.delivered[index] ?? 0),
  ]);
  return table('Messages per second', [figure('Second'), figure('Offered'), figure('Sent'), figure('Delivered')], rows);
}

function latencyTable(time: TimeSeries): HTMLElement {
  const rows = time.second.map((second, index) => [
    String(second),
    formatMs(time.p50Us[index] ?? null),
    formatMs(time.p95Us[index] ?? null),
    formatMs(time.p99Us[index] ?? null),
  ]);
  return table(
    'Delivery latency per second, ms',
    [figure('Second'), figure('p50'), figure('p95'), figure('p99')],
    rows,
  );
}

function latenessTable(time: TimeSeries): HTMLElement {
  const rows = time.second.map((second, index) => [
    String(second),
    formatMs(time.latenessMaxUs[index] ?? null),
    formatCount(time.skipped[index] ?? 0),
  ]);
  return table('Lateness per second', [figure('Second'), figure('Latest send, ms'), figure('Skipped')], rows);
}

/** Bands downwards, the run in at most ten stretches. */
function heatTable(time: TimeSeries, heat: HeatData): HTMLElement {
  const length = Math.max(1, Math.ceil(time.second.length / 10));
  const starts = time.second.filter((_, index) => index % length === 0);
  const bands = heat.edgesUs.slice(0, -1).map((_, band) => band);
  const rows = bands.reverse().map((band) => [
    `${formatMs(heat.edgesUs[band] ?? 0)} – ${formatMs(heat.edgesUs[band + 1] ?? 0)}`,
    ...starts.map((_, stretch) => {
      const within = heat.counts.slice(stretch * length, (stretch + 1) * length);
      return formatCount(within.reduce((sum, counts) => sum + (counts[band] ?? 0), 0));
    }),
  ]);
  const columns = [figure('Latency, ms'), ...starts.map((second) => figure(`from ${second} s`))];
  return table('Deliveries by latency, from each time on', columns, rows);
}

function queueTable(queue: QueueData): HTMLElement {
  const deepest = new Map<number, { ready: number; inFlight: number }>();
  for (const [index, us] of queue.atUs.entries()) {
    const second = Math.floor(us / 1e6);
    const before = deepest.get(second) ?? { ready: 0, inFlight: 0 };
    deepest.set(second, {
      ready: Math.max(before.ready, queue.ready[index] ?? 0),
      inFlight: Math.max(before.inFlight, queue.inFlight[index] ?? 0),
    });
  }
  const rows = [...deepest].map(([second, depth]) => [
    String(second),
    formatCount(depth.ready),
    formatCount(depth.inFlight),
  ]);
  return table('Deepest queue of each second', [figure('Second'), figure('Ready'), figure('In flight')], rows);
}

function eventTable(time: TimeSeries): HTMLElement | null {
  if (time.events.length === 0) return null;
  const rows = time.events.map(({ atUs, kind, text }, index) => [String(index + 1), tellSecond(atUs), kind, text]);
  const columns = [figure('Mark'), figure('At'), text('What'), text('Detail')];
  return table('Events marked in the charts', columns, rows);
}
