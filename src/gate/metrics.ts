import { measuredDeliveryRate } from '../record/delivered-per-second.ts';
import type { LedgerCounts } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';
import { count, figureAtEnd, type Metric, time, timesAtEnd } from './metric.ts';
import { countTraffic, drainUs, fanoutTimes, historyTimes, sentPerSecond, timesOf } from './read-result.ts';
import { deliveredRateIn, deliveryIn, depthIn, sentRateIn, skippedIn, skippedShareIn } from './read-seconds.ts';

/** All metrics, each with its meaning. */
export const METRICS: readonly Metric[] = [
  {
    ...time('delivery', 'intended send time to receipt, per message and recipient; lost ones count as endless', lost),
    resolution: 'second',
    isOfMeasure: true,
    byGroup: {
      of: ({ delivery, ledger }) => timesOf(delivery, ledger.lost),
      to: ({ received }) => timesOf(received.delivery, received.lost),
    },
    read: (known, span) => (span.allOf === 'run' ? known.delivery : null) ?? deliveryIn(known, span),
  },
  timesAtEnd(
    'deliveryOthers',
    'the same to clients that went on reading while others had stopped; any lost delivery of the run counts as endless',
    (run) => {
      const others = run.samples.breakdowns['client=others'];
      return others === undefined ? null : timesOf(others, lost(run));
    },
  ),
  timesAtEnd('fanoutFirst', 'intended send time to the first recipient of a message', (run) =>
    fanoutTimes(run, 'fanoutFirst'),
  ),
  timesAtEnd('fanoutMedian', 'intended send time to the median recipient of a message', (run) =>
    fanoutTimes(run, 'fanoutMedian'),
  ),
  timesAtEnd('fanoutLast', 'intended send time to the last recipient of a message', (run) =>
    fanoutTimes(run, 'fanoutLast'),
  ),
  {
    ...time(
      'ack',
      "intended send time to the server's acknowledgement; those that never came count as endless",
      ({ samples: { ledger } }) => acksDue(ledger) - ledger.acked,
    ),
    byGroup: { of: ({ ack, ledger }) => timesOf(ack, ledger.acksExpected - ledger.acked) },
  },
  time('service', 'actual send time to receipt: uncorrected, hides the waiting before the send', lost),
  {
    ...time('lateness', 'actual minus intended send time: how well the generator kept its schedule', () => 0),
    blame: 'generator',
  },
  time(
    'connect',
    'when the pace wanted a connect (without a pace: its start) to the open WebSocket; failed ones count as endless',
    countUnconnected,
  ),
  timesAtEnd(
    'connect.service',
    'start of a connect to the open WebSocket: uncorrected, hides the waiting before the attempt',
    ({ samples }) => timesOf(samples.histograms.connectService, countUnconnected({ samples })),
  ),
  time(
    'reconnect',
    'a dropped connection, or the end of an absence, to the client being in its room again; those that did not come back count as endless',
    ({ samples: { connections } }) =>
      Math.max(0, connections.dropped - connections.reconnected) + Math.max(0, connections.left - connections.returned),
  ),
  time(
    'login',
    'first request of a login to the answer of its last; those that were not let in count as endless',
    ({ samples }) => samples.connections.loginsFailed,
  ),
  {
    ...timesAtEnd(
      'history',
      'a read of history, due beside the messages, to its page; reads that failed count as endless',
      ({ samples }) => historyTimes(samples),
    ),
    byGroup: { of: historyTimes },
  },
  count('lost', 'expected deliveries that had not arrived by the end of drain', 'expected'),
  { ...count('duplicated', 'deliveries of a message that its recipient already had', 'expected'), blame: 'target' },
  {
    ...count('reordered', 'deliveries that came after a later message of the same sender and room', 'expected'),
    blame: 'target',
  },
  { ...count('misrouted', 'deliveries to a client that is no recipient of the message', 'sent'), blame: 'target' },
  count('late', 'deliveries that took longer than the delivery timeout', 'expected'),
  count('recovered', 'deliveries that the recipient fetched after a gap', 'expected'),
  count('held', 'messages that waited at their sender until its connection was back', 'sent'),
  {
    ...count('skipped', 'planned messages that the generator could not send', 'planned', {
      read: skippedIn,
      share: skippedShareIn,
    }),
    blame: 'generator',
  },
  count(
    'unsendable',
    'planned messages to which the target had left no connection: it refused or ended them',
    'planned',
  ),
  {
    ...count('rejected', 'messages that the server refused, those beyond a quota included', 'sent'),
    blame: 'target',
  },
  {
    ...figureAtEnd(
      'acked',
      'percentage',
      'messages that the server acknowledged, of those sent and not beyond a quota; not judged where the protocol has no acknowledgement',
      ({ samples: { ledger } }) => ratio(ledger.acked, acksDue(ledger)),
    ),
    applies: ({ samples: { ledger } }) => acksDue(ledger) > 0 || ledger.sent === ledger.limited,
    byGroup: { of: ({ ledger }) => ratio(ledger.acked, ledger.acksExpected) },
    blame: 'patient',
  },
  {
    ...figureAtEnd(
      'traffic.failed',
      'count',
      'typing notices, read receipts and reads of history that could not be sent, or were not answered with a page',
      ({ samples }) => countTraffic(samples)?.failed ?? null,
    ),
    share: ({ result }) => (result === null ? null : failedShare(result.samples)),
    byGroup: { of: (group) => countTraffic(group)?.failed ?? null },
    shareByGroup: { of: failedShare },
  },
  figureAtEnd(
    'limiter.admitted.max',
    'count',
    "most messages of one user that the target's rate limiter admitted within any one window's length",
    ({ samples: { limiter } }) => (limiter === null || limiter.admitted === 0 ? null : limiter.admittedMax),
  ),
  figureAtEnd(
    'limiter.admitted.ratio',
    'percentage',
    "messages that the target's rate limiter admitted, of those that its promise lets pass of what was sent",
    ({ samples: { limiter } }) => (limiter === null ? null : ratio(limiter.admitted, limiter.allowed)),
  ),
  {
    yields: 'figure',
    name: 'connect.success',
    unit: 'percentage',
    meaning: 'connections opened, of those attempted',
    resolution: 'run',
    blame: 'either',
    read: ({ connections }) => (connections === null ? null : ratio(connections.opened, connections.attempted)),
  },
  {
    yields: 'figure',
    name: 'dropped',
    unit: 'count',
    meaning: 'connections that were open and ended before the run did: the server closed them, or broke the protocol',
    resolution: 'run',
    blame: 'patient',
    read: ({ connections }) => (connections === null || connections.attempted === 0 ? null : connections.dropped),
    share: ({ connections }) => (connections === null ? null : ratio(connections.dropped, connections.opened)),
  },
  figureAtEnd(
    'login.success',
    'percentage',
    'logins that the server let in, of those attempted',
    ({ samples: { connections } }) => ratio(connections.logins, connections.logins + connections.loginsFailed),
  ),
  figureAtEnd(
    'rooms.left',
    'count',
    'rooms that the gateways still hold when every client has gone: state that nobody frees',
    ({ gatewayRoomsLeft }) => gatewayRoomsLeft,
  ),
  {
    ...figureAtEnd(
      'reached',
      'percentage',
      'clients that received at least one message, of those that connected; warm-up counts',
      ({ samples: { connections } }) =>
        connections.reached === null ? null : ratio(connections.reached, connections.opened),
    ),
    byGroup: { of: ({ reached, clients }) => ratio(reached, clients) },
  },
  {
    yields: 'figure',
    name: 'queue.depth.max',
    unit: 'count',
    meaning: 'most messages that waited in the queue or at workers at once, from the start of measure on',
    resolution: 'second',
    blame: 'either',
    read: (known, span) => depthIn(known, span.allOf === 'run' ? { ...span, toUs: Number.POSITIVE_INFINITY } : span),
  },
  figureAtEnd('queue.drain', 'duration', 'end of measure to the time from which the queue stayed empty', drainUs),
  {
    ...figureAtEnd(
      'host.steal',
      'percentage',
      "what the hypervisor gave to others of this machine's CPU time during measure, all cores together",
      ({ host }) => host.stealRatio,
    ),
    blame: 'generator',
  },
  {
    ...figureAtEnd(
      'host.foreign',
      'percentage',
      "what programs that are neither generator nor target used of this machine's CPU time during measure, all cores together",
      ({ host }) => host.foreignRatio,
    ),
    blame: 'generator',
  },
  {
    yields: 'figure',
    name: 'sent.rate',
    unit: 'rate',
    meaning: 'messages sent per second of measure',
    resolution: 'second',
    blame: 'either',
    read: (known, span) =>
      span.allOf === 'run' && known.result !== null ? sentPerSecond(known.result) : sentRateIn(known, span),
    byGroup: { of: ({ ledger }, { phases }) => sentPerSecond({ samples: { ledger }, phases }) },
  },
  {
    yields: 'figure',
    name: 'delivered.rate',
    unit: 'rate',
    meaning: 'deliveries per second of measure',
    resolution: 'second',
    blame: 'either',
    read: (known, span) =>
      span.allOf === 'run' && known.result !== null ? measuredDeliveryRate(known.result) : deliveredRateIn(known, span),
  },
];

/** Messages that the server has to acknowledge. Results of versions that did not count them tell by those that it did. */
function acksDue({ acksExpected, acked, sent, limited }: LedgerCounts): number {
  return acksExpected === 0 && acked > 0 ? sent - limited : acksExpected;
}

/** Without clients that were not let in before: they had nothing to connect with. */
function countUnconnected({ samples: { connections } }: Pick<RunResult, 'samples'>): number {
  return Math.max(0, connections.failed - connections.loginsFailed);
}

function lost({ samples }: RunResult): number {
  return samples.ledger.lost;
}

function failedShare(of: Parameters<typeof countTraffic>[0]): number | null {
  const traffic = countTraffic(of);
  return traffic === null ? null : traffic.failed / traffic.planned;
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
