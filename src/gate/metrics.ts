import { formatCount, formatDuration, formatRate, formatRatio } from '../quantities.ts';
import type { MetricName } from '../record/metric-names.ts';
import type { LedgerCounts } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';
import { type Parser, parseCount, parseDurationUs, parseRatePerSecond, parseRatio } from '../units.ts';
import { deliveredRateIn, deliveryIn, depthIn, type KnownSeconds, sentRateIn, skippedIn } from './known-seconds.ts';
import {
  countFailedTraffic,
  deliveredRate,
  drainUs,
  maxDepth,
  messagesWithout,
  readHistogram,
  readHistoryReads,
  readTime,
  sentPerSecond,
} from './read-result.ts';
import { STATISTICS, type Statistic } from './statistic.ts';
import type { Span } from './window.ts';

/** How the values of a unit are read and written. Within: µs, a whole number, 0–1, per second. */
export const UNITS = {
  duration: { parse: parseDurationUs, format: formatDuration },
  count: { parse: parseCount, format: formatCount },
  percentage: { parse: parseRatio, format: formatRatio },
  rate: { parse: parseRatePerSecond, format: formatRate },
} as const satisfies Record<string, { parse: Parser<number>; format: (value: number) => string }>;

/** Something of a run that a threshold can be set on. */
export interface Metric {
  readonly name: string;
  readonly unit: keyof typeof UNITS;
  /** Statistics that it has to be named with; none for a single figure. */
  readonly statistics: readonly Statistic[];
  readonly meaning: string;
  /** The figure in its unit; Infinity for what never came; null where there is no data. `statistic` null where it has none. */
  read(result: RunResult, statistic: Statistic | null): number | null;
  /** The figure over the whole seconds of a span, from what is known second by second; absent where that does not tell. */
  readonly readSpan?: (known: KnownSeconds, span: Span, statistic: Statistic | null) => number | null;
  /** The figure from the audit of a phase alone, also while that is under way; absent where it is no count of the ledger. */
  readonly readLedger?: (ledger: LedgerCounts) => number | null;
  /** The figure of a phase that has one of its own; absent where none has. */
  readonly readPhase?: (result: RunResult, phase: 'warm-up' | 'measure') => number | null;
}

/** All metrics, each with its meaning. */
export const METRICS: readonly Metric[] = [
  {
    ...time('delivery', 'intended send time to receipt, per message and recipient; lost ones count as endless', lost),
    readSpan: (known, span, statistic) => (statistic === null ? null : deliveryIn(known, span, statistic)),
  },
  {
    name: 'deliveryOthers',
    unit: 'duration',
    statistics: STATISTICS,
    meaning:
      'the same to clients that went on reading while others had stopped; any lost delivery of the run counts as endless',
    read: (run, statistic) =>
      statistic === null ? null : readHistogram(run.samples.breakdowns['client=others'] ?? '', statistic, lost(run)),
  },
  time('fanoutFirst', 'intended send time to the first recipient of a message', (run) =>
    messagesWithout(run, 'fanoutFirst'),
  ),
  time('fanoutMedian', 'intended send time to the median recipient of a message', (run) =>
    messagesWithout(run, 'fanoutMedian'),
  ),
  time('fanoutLast', 'intended send time to the last recipient of a message', (run) =>
    messagesWithout(run, 'fanoutLast'),
  ),
  time(
    'ack',
    "intended send time to the server's acknowledgement; those that never came count as endless",
    ({ samples: { ledger } }) => ledger.sent - ledger.limited - ledger.acked,
  ),
  time('service', 'actual send time to receipt: uncorrected, hides the waiting before the send', lost),
  time('lateness', 'actual minus intended send time: how well the generator kept its schedule', () => 0),
  time(
    'connect',
    'start of a connect to the open WebSocket; failed ones count as endless',
    ({ samples }) => samples.connections.failed,
  ),
  time(
    'reconnect',
    'a dropped connection, or the end of an absence, to the client being in its room again; those that did not come back count as endless',
    ({ samples: { connections } }) =>
      Math.max(0, connections.dropped - connections.reconnected) + Math.max(0, connections.left - connections.returned),
  ),
  {
    name: 'history',
    unit: 'duration',
    statistics: STATISTICS,
    meaning: 'a read of history, due beside the messages, to its page; reads that failed count as endless',
    read: (run, statistic) => (statistic === null ? null : readHistoryReads(run, statistic)),
  },
  count('lost', 'expected deliveries that had not arrived by the end of drain', 'expected'),
  count('duplicated', 'deliveries of a message that its recipient already had', 'expected'),
  count('reordered', 'deliveries that came after a later message of the same sender and room', 'expected'),
  count('misrouted', 'deliveries to a client that is no recipient of the message', 'sent'),
  count('late', 'deliveries that took longer than the delivery timeout', 'expected'),
  count('recovered', 'deliveries that the recipient fetched after a gap', 'expected'),
  count('held', 'messages that waited at their sender until its connection was back', 'sent'),
  { ...count('skipped', 'planned messages that the generator could not send', 'planned'), readSpan: skippedIn },
  count('rejected', 'messages that the server refused, those beyond a quota included', 'sent'),
  {
    name: 'traffic.failed',
    unit: 'count',
    statistics: [],
    meaning:
      'typing notices, read receipts and reads of history that could not be sent, or were not answered with a page',
    read: countFailedTraffic,
  },
  {
    name: 'limiter.admitted.max',
    unit: 'count',
    statistics: [],
    meaning: "most messages of one user that the target's rate limiter admitted within any one window's length",
    read: ({ samples: { limiter } }) => (limiter === null || limiter.admitted === 0 ? null : limiter.admittedMax),
  },
  {
    name: 'limiter.admitted.ratio',
    unit: 'percentage',
    statistics: [],
    meaning: "messages that the target's rate limiter admitted, of those that its promise lets pass of what was sent",
    read: ({ samples: { limiter } }) =>
      limiter === null || limiter.allowed === 0 ? null : limiter.admitted / limiter.allowed,
  },
  {
    name: 'connect.success',
    unit: 'percentage',
    statistics: [],
    meaning: 'connections opened, of those attempted',
    read: ({ samples: { connections } }) =>
      connections.attempted === 0 ? null : connections.opened / connections.attempted,
  },
  {
    name: 'rooms.left',
    unit: 'count',
    statistics: [],
    meaning: 'rooms that the gateways still hold when every client has gone: state that nobody frees',
    read: ({ gatewayRoomsLeft }) => gatewayRoomsLeft,
  },
  {
    name: 'reached',
    unit: 'percentage',
    statistics: [],
    meaning: 'clients that received at least one message, of those that connected; warm-up counts',
    read: ({ samples: { connections } }) =>
      connections.opened === 0 || connections.reached === null ? null : connections.reached / connections.opened,
  },
  {
    name: 'queue.depth.max',
    unit: 'count',
    statistics: [],
    meaning: 'most messages that waited in the queue or at workers at once, from the start of measure on',
    read: maxDepth,
    readSpan: depthIn,
  },
  {
    name: 'queue.drain',
    unit: 'duration',
    statistics: [],
    meaning: 'end of measure to the time from which the queue stayed empty',
    read: drainUs,
  },
  {
    name: 'host.steal',
    unit: 'percentage',
    statistics: [],
    meaning: "what the hypervisor gave to others of this machine's CPU time during measure, all cores together",
    read: ({ host }) => host.stealRatio,
  },
  {
    name: 'sent.rate',
    unit: 'rate',
    statistics: [],
    meaning: 'messages sent per second of measure',
    read: sentPerSecond,
    readSpan: sentRateIn,
  },
  {
    name: 'delivered.rate',
    unit: 'rate',
    statistics: [],
    meaning: 'deliveries per second of measure',
    read: deliveredRate,
    readSpan: deliveredRateIn,
  },
];

function lost({ samples }: RunResult): number {
  return samples.ledger.lost;
}

function time(name: MetricName, meaning: string, countMissing: (result: RunResult) => number): Metric {
  return {
    name,
    unit: 'duration',
    statistics: STATISTICS,
    meaning,
    read: (result, statistic) => (statistic === null ? null : readTime(result, name, statistic, countMissing(result))),
  };
}

/** A count of the ledger. Without any of `outOf` there was nothing that could have gone wrong: no data. */
function count(name: keyof LedgerCounts, meaning: string, outOf: 'expected' | 'sent' | 'planned'): Metric {
  const readLedger = (ledger: LedgerCounts) => (ledger[outOf] === 0 ? null : ledger[name]);
  return {
    name,
    unit: 'count',
    statistics: [],
    meaning,
    read: ({ samples }) => readLedger(samples.ledger),
    readLedger,
    readPhase: ({ samples }, phase) => readLedger(phase === 'warm-up' ? samples.warmupLedger : samples.ledger),
  };
}
