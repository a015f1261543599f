import { addConnections, zeroConnections } from './connection-counts.ts';
import { mergeDue } from './due-part.ts';
import { mergeGroups } from './group-recorder.ts';
import { Histogram, mergeSparse } from './histogram.ts';
import type { RawInterval } from './interval-series.ts';
import { mergeJourneys } from './journey-recorder.ts';
import { addCounts, zeroCounts } from './ledger-counts.ts';
import { EXAMPLES_KEPT } from './message-examples.ts';
import { METRIC_NAMES, mapMetrics } from './metric-names.ts';
import { mergeOwn } from './own-share.ts';
import { mergePosts } from './post-recorder.ts';
import { mergeRefusals } from './refusal-counts.ts';
import type { MessageExample } from './samples.ts';
import type { ShardReport } from './shard-report.ts';
import { mergeSlowest } from './slowest-messages.ts';
import { mergeTraffic } from './traffic-recorder.ts';

/** The report of nobody: merging with it changes nothing. */
export const ZERO_REPORT: ShardReport = {
  histograms: mapMetrics(() => new Histogram().snapshot()),
  own: {},
  breakdowns: {},
  hops: [],
  limiter: null,
  posts: null,
  slowest: null,
  traffic: [],
  groups: [],
  journey: null,
  ledger: zeroCounts(),
  refusals: [],
  serverErrors: [],
  warmupLedger: zeroCounts(),
  examples: [],
  connections: zeroConnections(),
  intervals: [],
  health: [],
  drainEndUs: 0,
};

/** Associative and commutative: any order and grouping of the same reports yields the same figures. */
export function mergeReports(a: ShardReport, b: ShardReport): ShardReport {
  return {
    histograms: mapMetrics((name) => mergeSparse(a.histograms[name], b.histograms[name])),
    own: mergeOwnOf(a.own, b.own),
    breakdowns: mergeBreakdowns(a.breakdowns, b.breakdowns),
    hops: mergeHops(a.hops, b.hops),
    limiter: mergeLimiters(a.limiter, b.limiter),
    posts: mergePosts(a.posts, b.posts),
    slowest: mergeSlowest(a.slowest ?? null, b.slowest ?? null),
    traffic: mergeTraffic(a.traffic, b.traffic),
    groups: mergeGroups(a.groups, b.groups),
    journey: mergeJourneys(a.journey ?? null, b.journey ?? null),
    ledger: addCounts(a.ledger, b.ledger),
    refusals: mergeRefusals(a.refusals, b.refusals),
    serverErrors: mergeRefusals(a.serverErrors, b.serverErrors),
    warmupLedger: addCounts(a.warmupLedger, b.warmupLedger),
    examples: mergeExamples(a.examples, b.examples),
    connections: addConnections(a.connections, b.connections),
    intervals: mergeIntervals(a.intervals, b.intervals),
    health: [...a.health, ...b.health].sort((x, y) => x.shard - y.shard || x.pid - y.pid),
    drainEndUs: Math.max(a.drainEndUs, b.drainEndUs),
  };
}

function mergeOwnOf(a: ShardReport['own'], b: ShardReport['own']): ShardReport['own'] {
  const shares = METRIC_NAMES.map((name) => {
    const [one, other] = [a[name], b[name]];
    return [name, one && other ? mergeOwn(one, other) : (one ?? other)] as const;
  });
  return Object.fromEntries(shares.filter(([, share]) => share !== undefined));
}

/** Seconds of several shards, added up second by second, ascending. */
export function mergeIntervals(a: readonly RawInterval[], b: readonly RawInterval[]): readonly RawInterval[] {
  const bySecond = new Map<number, RawInterval>();
  for (const interval of [...a, ...b]) {
    const other = bySecond.get(interval.second);
    bySecond.set(interval.second, other === undefined ? interval : addIntervals(other, interval));
  }
  return [...bySecond.values()].sort((x, y) => x.second - y.second);
}

function addIntervals(a: RawInterval, b: RawInterval): RawInterval {
  // Processes of one control group are stopped together, and each tells of it.
  const throttledUs = Math.max(a.throttledUs ?? 0, b.throttledUs ?? 0);
  return {
    second: a.second,
    offered: a.offered + b.offered,
    sent: a.sent + b.sent,
    skipped: a.skipped + b.skipped,
    delivered: a.delivered + b.delivered,
    inFlight: a.inFlight + b.inFlight,
    latenessMaxUs: Math.max(a.latenessMaxUs, b.latenessMaxUs),
    delivery: mergeSparse(a.delivery, b.delivery),
    due: mergeDue(a.due, b.due),
    loopDelay: mergeSparse(a.loopDelay, b.loopDelay),
    ...(throttledUs === 0 ? {} : { throttledUs }),
  };
}

function mergeBreakdowns(a: ShardReport['breakdowns'], b: ShardReport['breakdowns']): ShardReport['breakdowns'] {
  const empty = new Histogram().snapshot();
  const labels = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(labels.map((label) => [label, mergeSparse(a[label] ?? empty, b[label] ?? empty)]));
}

type Hops = ShardReport['hops'];

const WAYS: readonly Hops[number]['way'][] = ['delivery', 'ack'];

function mergeHops(a: Hops, b: Hops): Hops {
  return WAYS.flatMap((way) => {
    const isOfWay = (hop: Hops[number]) => hop.way === way;
    return mergeWay(a.filter(isOfWay), b.filter(isOfWay));
  });
}

/** All shards of a run speak one protocol, so each has the same hops of a way in the same order, or none: nothing came back to it that way. */
function mergeWay(a: Hops, b: Hops): Hops {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  return a.map((hop, i) => ({ ...hop, histogram: mergeSparse(hop.histogram, b[i]!.histogram) }));
}

/** A user's messages are all of one shard. */
function mergeLimiters(a: ShardReport['limiter'], b: ShardReport['limiter']): ShardReport['limiter'] {
  if (a === null || b === null) return a ?? b;
  return {
    admittedMax: Math.max(a.admittedMax, b.admittedMax),
    admitted: a.admitted + b.admitted,
    allowed: a.allowed + b.allowed,
  };
}

/** The earliest of each kind: keeping any others would make the result depend on the order of merging. */
function mergeExamples(a: readonly MessageExample[], b: readonly MessageExample[]): readonly MessageExample[] {
  const kept = new Map<string, number>();
  return [...a, ...b].sort(compareExamples).filter((example) => {
    const count = (kept.get(example.kind) ?? 0) + 1;
    kept.set(example.kind, count);
    return count <= EXAMPLES_KEPT;
  });
}

function compareExamples(x: MessageExample, y: MessageExample): number {
  return (
    x.kind.localeCompare(y.kind) ||
    x.intendedAtUs - y.intendedAtUs ||
    x.sequence - y.sequence ||
    x.room - y.room ||
    x.recipient - y.recipient
  );
}
