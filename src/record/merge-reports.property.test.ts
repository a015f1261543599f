import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrafficKind } from '../choices.ts';
import { Histogram } from './histogram.ts';
import { zeroCounts } from './ledger-counts.ts';
import { mergeReports, ZERO_REPORT } from './merge-reports.ts';
import { METRIC_NAMES, type MetricName } from './metric-names.ts';
import { RefusalCounter } from './refusal-counts.ts';
import { type GroupCounts, type SlowestReport, samples } from './samples.ts';
import type { ShardReport } from './shard-report.ts';
import { SlowestMessages } from './slowest-messages.ts';

const histogram = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 20 }).map((values) => {
  const recorded = new Histogram();
  for (const value of values) recorded.record(value);
  return recorded.snapshot();
});

const histograms = fc.record(
  Object.fromEntries(METRIC_NAMES.map((name) => [name, histogram])) as Record<MetricName, typeof histogram>,
);

const COUNTS = Object.keys(zeroCounts());
const counts = fc
  .array(fc.nat({ max: 1000 }), { minLength: COUNTS.length, maxLength: COUNTS.length })
  .map((values) => Object.fromEntries(COUNTS.map((key, i) => [key, values[i]!])) as ReturnType<typeof zeroCounts>);

/** As one shard counts them: each code once, the most frequent first. */
const refusals = fc.array(fc.constantFrom('a', 'b', 'c', null)).map((codes) => {
  const counter = new RefusalCounter();
  for (const code of codes) counter.count(code);
  return counter.snapshot();
});

function counted(kind: TrafficKind) {
  const isHistory = kind === 'history';
  const number = fc.nat({ max: 99 });
  return fc.record({
    kind: fc.constant(kind),
    planned: number,
    sent: number,
    failed: number,
    received: isHistory ? fc.constant(null) : number,
    latency: isHistory ? histogram : fc.constant(null),
    lateness: isHistory ? histogram : fc.constant(null),
    own: isHistory ? fc.record({ measured: histogram, without: histogram }) : fc.constant(null),
  });
}

/** None of a way by which nothing came back to the shard. */
function hopsOf(way: ShardReport['hops'][number]['way'], names: readonly string[]) {
  const hops = names.map((name) => histogram.map((values) => ({ name, way, histogram: values })));
  return fc.option(fc.tuple(...hops), { nil: [] });
}

const KEPT = 5;

/** As a shard keeps them: each message once, in one room, the slowest of them first, and no more than so many. */
function slowestOf(shard: number, latencies: readonly number[]): SlowestReport {
  const slowest = new SlowestMessages(KEPT);
  for (const [sequence, latencyUs] of latencies.entries())
    if (slowest.admits(latencyUs)) slowest.keep(latencyUs, sequence, sequence % 5, 0, sequence, sequence, null);
  return slowest.report(shard, true, (sequence) => ({ traceId: `${shard}-${sequence}`, spanId: 's' }));
}

const GROUP_COUNTS = Object.keys(samples.shape.groups.unwrap().element.shape.ledger.shape);

function grouped(name: string) {
  return fc.record({
    name: fc.constant(name),
    clients: fc.nat({ max: 99 }),
    reached: fc.nat({ max: 99 }),
    ledger: counts.map(
      (all) => Object.fromEntries(GROUP_COUNTS.map((key) => [key, all[key as 'sent']])) as unknown as GroupCounts,
    ),
    delivery: histogram,
    ack: histogram,
    received: fc.record({ lost: fc.nat({ max: 99 }), delivery: histogram }),
    traffic: fc.tuple(counted('typing'), counted('history')),
  });
}

const report: fc.Arbitrary<ShardReport> = fc
  .record({
    shard: fc.nat({ max: 50 }),
    histograms,
    own: fc.dictionary(
      fc.constantFrom('delivery', 'ack', 'fanoutLast'),
      fc.record({ measured: histogram, without: histogram }),
    ),
    breakdowns: fc.dictionary(fc.constantFrom('gateway=same', 'gateway=cross', 'roomSize=2'), histogram),
    hops: fc
      .tuple(hopsOf('delivery', ['to gateway', 'queue']), hopsOf('ack', ['to gateway', 'confirm', 'to sender']))
      .map(([deliveries, acks]) => [...deliveries, ...acks]),
    limiter: fc.option(
      fc.record({ admittedMax: fc.nat({ max: 50 }), admitted: fc.nat({ max: 999 }), allowed: fc.nat({ max: 999 }) }),
    ),
    groups: fc.option(fc.tuple(grouped('readers'), grouped('talkers')), { nil: [] }),
    posts: fc.option(
      fc.record({
        latency: histogram,
        perSecond: fc
          .uniqueArray(fc.tuple(fc.nat({ max: 9 }), fc.integer({ min: 1, max: 99 })), {
            selector: ([second]) => second,
          })
          .map((seconds) => seconds.sort(([one], [other]) => one - other)),
      }),
    ),
    slow: fc.option(fc.array(fc.nat({ max: 9 }), { maxLength: 8 })),
    traffic: fc.option(fc.tuple(counted('typing'), counted('receipts'), counted('history')), { nil: [] }),
    ledger: counts,
    refusals,
    serverErrors: refusals,
    warmupLedger: counts,
    seconds: fc.uniqueArray(fc.nat({ max: 6 }), { maxLength: 5 }),
    dueBefore: fc.uniqueArray(fc.nat({ max: 2 }), { maxLength: 3 }),
    awaited: fc.integer({ min: -50, max: 50 }),
    delivery: histogram,
    numbers: fc.array(fc.nat({ max: 100 }), { minLength: 6, maxLength: 6 }),
    lost: fc.array(fc.nat({ max: 1000 }), { maxLength: 30 }),
  })
  .map(({ shard, seconds, dueBefore, awaited, delivery, numbers, lost, slow, ...rest }) => ({
    ...rest,
    slowest: slow === null ? null : slowestOf(shard, slow),
    examples: lost.map((sequence) => ({
      kind: 'lost' as const,
      sequence,
      room: shard,
      sender: 0,
      recipient: 1,
      intendedAtUs: sequence * 10,
    })),
    connections: {
      attempted: numbers[0]!,
      opened: numbers[1]!,
      failed: numbers[2]!,
      reconnected: numbers[3]!,
      reconnectsFailed: numbers[0]!,
      logins: numbers[1]!,
      loginsFailed: numbers[2]!,
      dropped: numbers[3]!,
      drops: { [`reason ${shard % 3}`]: numbers[3]! },
      left: numbers[4]!,
      returned: numbers[5]!,
      untoldFrames: numbers[0]!,
      reached: numbers[1]!,
      paceLagUs: numbers[2]!,
      openingUs: numbers[4]!,
      openedPer100Ms: numbers.slice(0, shard % 4),
      failures: { [`reason ${shard % 3}`]: numbers[2]! },
      perEndpoint: { [`ws://${shard % 2}`]: numbers[1]! },
    },
    intervals: [...seconds]
      .sort((a, b) => a - b)
      .map((second) => ({
        second,
        offered: numbers[0]!,
        sent: numbers[1]!,
        skipped: numbers[2]!,
        delivered: numbers[3]!,
        inFlight: numbers[4]!,
        latenessMaxUs: numbers[5]!,
        delivery,
        due: dueBefore
          .map((before) => ({ second: second - before, awaited, delivery }))
          .sort((x, y) => x.second - y.second),
        loopDelay: delivery,
      })),
    health: [
      {
        shard,
        pid: numbers[0]!,
        cpuRatio: 0.5,
        starvedRatio: null,
        memoryBytes: 1,
        gcPauseUs: 1,
        gcPauseMaxUs: 1,
        loopDelayP99Us: 1,
        loopDelayMaxUs: 1,
        bufferedBytesMax: 0,
        openFiles: null,
        openFilesLimit: null,
        portsUsed: 2,
        portsLimit: null,
      },
    ],
    drainEndUs: numbers[5]!,
  }));

describe('merging reports', () => {
  it('is associative and commutative, bucket by bucket', () => {
    fc.assert(
      fc.property(report, report, report, (a, b, c) => {
        const left = mergeReports(mergeReports(a, b), c);
        expect(mergeReports(a, mergeReports(b, c))).toEqual(left);
        expect(sortHealth(mergeReports(mergeReports(c, b), a))).toEqual(sortHealth(left));
      }),
      { numRuns: 60 },
    );
  });

  it('has a zero', () => {
    fc.assert(
      fc.property(report, (a) => {
        const once = mergeReports(a, ZERO_REPORT);
        expect(mergeReports(ZERO_REPORT, a)).toEqual(once);
        expect(once.histograms).toEqual(a.histograms);
        expect(once.ledger).toEqual(a.ledger);
        expect(once.intervals).toEqual(a.intervals);
      }),
      { numRuns: 60 },
    );
  });
});

/** Equal (shard, pid) pairs, which only the generator of this test makes, have no order among themselves. */
function sortHealth(merged: ShardReport): ShardReport {
  return { ...merged, health: [...merged.health].sort((x, y) => x.shard - y.shard || x.pid - y.pid) };
}
