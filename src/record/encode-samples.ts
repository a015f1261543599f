import { encodeHistogram } from './hdr-codec.ts';
import type { SparseHistogram } from './histogram.ts';
import { Histogram } from './histogram.ts';
import { tellRefusals } from './refusal-counts.ts';
import type { Interval, MetricName, Samples } from './samples.ts';
import { METRIC_NAMES } from './samples.ts';
import type { ShardReport } from './shard-report.ts';

/** Report → samples: histograms become HdrHistogram's own encoding, everything else stays. */
export function encodeSamples(report: ShardReport): Samples {
  const { hops, limiter, posts, ledger, warmupLedger, examples, connections, health } = report;
  return {
    histograms: Object.fromEntries(METRIC_NAMES.map((name) => [name, encodeSparse(report.histograms[name])])) as Record<
      MetricName,
      string
    >,
    breakdowns: Object.fromEntries(
      Object.entries(report.breakdowns).map(([label, sparse]) => [label, encodeSparse(sparse)]),
    ),
    hops: hops.map((hop) => ({ ...hop, histogram: encodeSparse(hop.histogram) })),
    limiter,
    posts: posts && { ...posts, latency: encodeSparse(posts.latency) },
    oddValues: METRIC_NAMES.reduce((sum, name) => sum + report.histograms[name].oddValues, 0),
    ledger,
    refusals: tellRefusals(report.refusals),
    serverErrors: tellRefusals(report.serverErrors),
    warmupLedger,
    examples,
    connections,
    intervals: report.intervals.map((raw): Interval => ({ ...raw, delivery: encodeSparse(raw.delivery) })),
    health,
  };
}

function encodeSparse(sparse: SparseHistogram): string {
  const histogram = new Histogram();
  histogram.add(sparse);
  return encodeHistogram(histogram);
}
