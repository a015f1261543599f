import { encodeHistogram } from './hdr-codec.ts';
import type { SparseHistogram } from './histogram.ts';
import { METRIC_NAMES, mapMetrics } from './metric-names.ts';
import type { OwnShare } from './own-share.ts';
import { tellRefusals } from './refusal-counts.ts';
import type { GroupReport, JourneyReport, Samples, TrafficReport } from './samples.ts';
import { encodeSecond, SecondsByDue } from './seconds-by-due.ts';
import type { ShardReport } from './shard-report.ts';

/**
 * Report → samples: histograms become HdrHistogram's own encoding, everything else stays.
 *
 * @param kept  the seconds, where they were kept elsewhere
 */
export function encodeSamples(report: ShardReport, kept?: Samples['intervals']): Samples {
  const {
    hops,
    limiter,
    posts,
    slowest,
    traffic,
    groups,
    journey,
    ledger,
    warmupLedger,
    examples,
    connections,
    health,
  } = report;
  return {
    histograms: mapMetrics((name) => encodeHistogram(report.histograms[name])),
    own: Object.fromEntries(Object.entries(report.own).map(([name, share]) => [name, encodeOwn(share)])),
    breakdowns: Object.fromEntries(
      Object.entries(report.breakdowns).map(([label, sparse]) => [label, encodeHistogram(sparse)]),
    ),
    hops: hops.map((hop) => ({ ...hop, histogram: encodeHistogram(hop.histogram) })),
    limiter,
    posts: posts && { ...posts, latency: encodeHistogram(posts.latency) },
    ...(slowest ? { slowest } : {}),
    ...(traffic.length === 0 ? {} : { traffic: traffic.map(encodeTraffic) }),
    ...(groups.length === 0 ? {} : { groups: groups.map(encodeGroup) }),
    ...(journey ? { journey: encodeJourney(journey) } : {}),
    oddValues: METRIC_NAMES.reduce((sum, name) => sum + report.histograms[name].oddValues, 0),
    ledger,
    refusals: tellRefusals(report.refusals),
    serverErrors: tellRefusals(report.serverErrors),
    warmupLedger,
    examples,
    connections,
    intervals: kept ?? encodeIntervals(report),
    health,
  };
}

function encodeIntervals({ intervals }: ShardReport): Samples['intervals'] {
  const seconds = new SecondsByDue();
  for (const interval of intervals) seconds.add(interval);
  return seconds.read().map(encodeSecond);
}

function encodeTraffic(part: TrafficReport<SparseHistogram>): TrafficReport<string> {
  return {
    ...part,
    latency: part.latency && encodeHistogram(part.latency),
    lateness: part.lateness && encodeHistogram(part.lateness),
    own: part.own && encodeOwn(part.own),
  };
}

function encodeJourney({ steps, failures }: JourneyReport<SparseHistogram>): JourneyReport<string> {
  const encode = (step: (typeof steps)[number]) => ({
    ...step,
    latency: encodeHistogram(step.latency),
    own: encodeOwn(step.own),
  });
  return { steps: steps.map(encode), failures };
}

function encodeGroup(group: GroupReport<SparseHistogram>): GroupReport<string> {
  return {
    ...group,
    delivery: encodeHistogram(group.delivery),
    ack: encodeHistogram(group.ack),
    received: { ...group.received, delivery: encodeHistogram(group.received.delivery) },
    traffic: group.traffic.map(encodeTraffic),
  };
}

function encodeOwn({ measured, without }: OwnShare<SparseHistogram>): OwnShare<string> {
  return { measured: encodeHistogram(measured), without: encodeHistogram(without) };
}
