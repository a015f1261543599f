import type { LiveMetric } from '../live-metrics.ts';

/** Values that counters and histograms have gathered since the run began. */
const CUMULATIVE = 2;

/** Times of the metrics, nanoseconds since the epoch. */
export interface MetricTimes {
  readonly startNs: bigint;
  readonly nowNs: bigint;
}

/** The body of OTLP's `ExportMetricsServiceRequest` in its JSON encoding: 64-bit integers are strings. */
export function buildOtlpRequest(metrics: readonly LiveMetric[], version: string, times: MetricTimes): object {
  return {
    resourceMetrics: [
      {
        resource: { attributes: attributesOf({ 'service.name': 'chatbench', 'service.version': version }) },
        scopeMetrics: [
          { scope: { name: 'chatbench', version }, metrics: metrics.map((metric) => exportMetric(metric, times)) },
        ],
      },
    ],
  };
}

function exportMetric(metric: LiveMetric, times: MetricTimes): object {
  const { name, help: description, unit, kind, points, distribution } = metric;
  const stamps = { startTimeUnixNano: String(times.startNs), timeUnixNano: String(times.nowNs) };
  const dataPoints = points.map(({ labels, value }) => ({
    ...stamps,
    attributes: attributesOf(labels),
    asDouble: value,
  }));
  const head = { name: name.replaceAll(/^chatbench_/g, 'chatbench.'), description, unit };
  if (distribution !== null) {
    const { bounds, counts, sum, count } = distribution;
    const point = { ...stamps, count: String(count), sum, bucketCounts: counts.map(String), explicitBounds: bounds };
    return { ...head, histogram: { aggregationTemporality: CUMULATIVE, dataPoints: [point] } };
  }
  if (kind === 'counter')
    return { ...head, sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
  return { ...head, gauge: { dataPoints } };
}

function attributesOf(labels: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: value } }));
}
