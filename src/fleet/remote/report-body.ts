import { z } from 'zod';
import { count, type DataOf, timeUs } from '../../data-schema.ts';
import type { SparseHistogram } from '../../record/histogram.ts';
import type { RawInterval } from '../../record/interval-series.ts';
import { mapMetrics } from '../../record/metric-names.ts';
import type { OwnShare } from '../../record/own-share.ts';
import { samples, slowestReport, type TrafficReport } from '../../record/samples.ts';
import type { ShardReport } from '../../record/shard-report.ts';
import { writeSparse } from '../../record/sparse-text.ts';
import { BentBody } from './body-codec.ts';
import { readForeignHistogram } from './foreign-histogram.ts';

/** What a shard tells, as it crosses the network: as it is kept in a result, but with compact histograms. */

/** One second of a shard; its text is one of `writeSparse`. */
export const intervalBody = samples.shape.intervals.element.omit({ lost: true }).extend({
  due: z.array(z.strictObject({ second: count, awaited: z.number().int(), delivery: z.string() })),
});
type IntervalBody = DataOf<typeof intervalBody>;

export const reportBody = samples.omit({ oddValues: true, journey: true }).extend({
  intervals: z.array(intervalBody),
  slowest: slowestReport.nullable().default(null),
  traffic: samples.shape.traffic.unwrap(),
  groups: samples.shape.groups.unwrap(),
  own: samples.shape.own.unwrap().unwrap(),
  connections: samples.shape.connections.extend({ reached: count }),
  drainEndUs: timeUs,
});
type ReportBody = DataOf<typeof reportBody>;

export function writeInterval(interval: RawInterval): IntervalBody {
  const { due, delivery, loopDelay } = interval;
  return {
    ...interval,
    due: due.map((part) => ({ ...part, delivery: writeSparse(part.delivery) })),
    delivery: writeSparse(delivery),
    loopDelay: writeSparse(loopDelay),
  };
}

/** @throws BentBody for a histogram that nobody can have recorded */
export function readInterval(body: IntervalBody): RawInterval {
  const { due, delivery, loopDelay } = body;
  return {
    ...body,
    due: due.map((part) => ({ ...part, delivery: readNamed('due', part.delivery) })),
    delivery: readNamed('delivery', delivery),
    loopDelay: readNamed('loopDelay', loopDelay),
  };
}

export function writeReport(report: ShardReport): ReportBody {
  // Journeys stay on the machine of the controller.
  const { journey: _, ...told } = report;
  const { histograms, own, breakdowns, hops, posts, traffic, groups, intervals } = told;
  return {
    ...told,
    histograms: mapMetrics((name) => writeSparse(histograms[name])),
    own: mapMembers(own, writeShare),
    breakdowns: mapMembers(breakdowns, writeSparse),
    hops: hops.map((hop) => ({ ...hop, histogram: writeSparse(hop.histogram) })),
    posts: posts && { ...posts, latency: writeSparse(posts.latency) },
    slowest: told.slowest ?? null,
    traffic: traffic.map(writeTraffic),
    groups: groups.map((group) => ({
      ...group,
      delivery: writeSparse(group.delivery),
      ack: writeSparse(group.ack),
      received: { ...group.received, delivery: writeSparse(group.received.delivery) },
      traffic: group.traffic.map(writeTraffic),
    })),
    intervals: intervals.map(writeInterval),
  };
}

/** @throws BentBody for a histogram that nobody can have recorded */
export function readReport(body: ReportBody): ShardReport {
  const { histograms, own, breakdowns, hops, posts, traffic, groups, intervals } = body;
  return {
    ...body,
    histograms: mapMetrics((name) => readNamed(name, histograms[name])),
    own: mapMembers(own, readShare),
    breakdowns: mapMembers(breakdowns, (text, label) => readNamed(label, text)),
    hops: hops.map((hop) => ({ ...hop, histogram: readNamed(hop.name, hop.histogram) })),
    posts: posts && { ...posts, latency: readNamed('posts', posts.latency) },
    traffic: traffic.map(readTraffic),
    groups: groups.map((group) => ({
      ...group,
      delivery: readNamed(group.name, group.delivery),
      ack: readNamed(group.name, group.ack),
      received: { ...group.received, delivery: readNamed(group.name, group.received.delivery) },
      traffic: group.traffic.map(readTraffic),
    })),
    journey: null,
    intervals: intervals.map(readInterval),
  };
}

function writeTraffic(part: TrafficReport<SparseHistogram>): TrafficReport<string> {
  return {
    ...part,
    latency: part.latency && writeSparse(part.latency),
    lateness: part.lateness && writeSparse(part.lateness),
    own: part.own && writeShare(part.own),
  };
}

function readTraffic(part: TrafficReport<string>): TrafficReport<SparseHistogram> {
  return {
    ...part,
    latency: part.latency === null ? null : readNamed(part.kind, part.latency),
    lateness: part.lateness === null ? null : readNamed(part.kind, part.lateness),
    own: part.own === null ? null : readShare(part.own, part.kind),
  };
}

function writeShare({ measured, without }: OwnShare<SparseHistogram>): OwnShare<string> {
  return { measured: writeSparse(measured), without: writeSparse(without) };
}

function readShare({ measured, without }: OwnShare<string>, name: string): OwnShare<SparseHistogram> {
  return { measured: readNamed(name, measured), without: readNamed(name, without) };
}

/** The same names, each with what becomes of its value. */
function mapMembers<Value, Mapped>(
  members: Readonly<Partial<Record<string, Value>>>,
  map: (value: Value, name: string) => Mapped,
): Record<string, Mapped> {
  const entries = Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, map(value, name)] as const],
  );
  return Object.fromEntries(entries);
}

function readNamed(name: string, text: string): SparseHistogram {
  try {
    return readForeignHistogram(text);
  } catch (error) {
    throw new BentBody(`histogram "${name}" ${(error as Error).message}`);
  }
}
