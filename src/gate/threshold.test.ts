import { describe, expect, it } from 'vitest';
import { encodeValues } from '../testing/encode-values.ts';
import { type SmallResultParts, smallResult } from '../testing/small-result.ts';
import { judge } from './judge.ts';
import { knownOf } from './known-run.ts';
import { METRICS } from './metrics.ts';
import { subjectsOf } from './subject.ts';
import { checkThreshold, measureThreshold, outcomeOf, parseThreshold } from './threshold.ts';

function evaluate(expression: string, parts: SmallResultParts = {}): string {
  const parsed = parseThreshold(expression);
  if (!parsed.ok) return parsed.problem;
  const { actual, ok } = outcomeOf(parsed.threshold, measureThreshold(parsed.threshold, knownOf(smallResult(parts))));
  return `${ok ? 'ok' : 'not ok'}, ${actual}`;
}

/** A run in which some stopped reading: everything took the others 10 ms. */
const OTHERS: SmallResultParts = {
  samples: { breakdowns: { 'client=others': encodeValues(new Array(100).fill(10_000)), 'client=stalled': '' } },
};

const NOTHING_READ = { planned: 0, sent: 0, failed: 0, received: null };

/** Beside the messages: three typing notices that could not be sent, and ten reads of history that took 20 ms. */
function withTraffic(failedReads: number): SmallResultParts {
  const latency = encodeValues(new Array(10).fill(20_000));
  const history = {
    kind: 'history',
    planned: 10 + failedReads,
    sent: 10,
    failed: failedReads,
    received: null,
    latency,
    lateness: null,
    own: null,
  } as const;
  const typing = {
    kind: 'typing',
    planned: 50,
    sent: 47,
    failed: 3,
    received: 47,
    latency: null,
    lateness: null,
    own: null,
  } as const;
  return { samples: { traffic: [typing, history] } };
}

describe('a threshold', () => {
  it.each([
    // The limit in the metric's unit, µs: every unit of time gives another number.
    ['delivery.p95 < 170ms', 'p95', '<', 170_000],
    ['delivery.p99.9<=1.5s', 'p999', '<=', 1_500_000],
    ['  ack.mean   >=   250us ', 'mean', '>=', 250],
    ['delivery.p75 < 1ms', 'p75', '<', 1_000],
    ['ack.p99.99 < 1ms', 'p99.99', '<', 1_000],
    ['ack.p9999 < 1ms', 'p99.99', '<', 1_000],
    ['history.p5.0 > 2ms', 'p5', '>', 2_000],
    ['connect.service.min > 0ms', 'min', '>', 0],
    ['lost < 0.1%', null, '<', 0.001],
    ['lost == 0', null, '==', 0],
    ['lost != 3', null, '!=', 3],
    ['connect.success >= 99.9%', null, '>=', 0.999],
    ['queue.depth.max <= 20', null, '<=', 20],
    ['queue.drain < 2m', null, '<', 120_000_000],
    ['sent.rate > 60/m', null, '>', 1],
  ])('%s is read', (expression, statistic, operator, limit) => {
    expect(parseThreshold(expression)).toMatchObject({
      ok: true,
      threshold: { expression, statistic, operator, limit },
    });
  });

  it.each([
    ['delvery.p95 < 1s', 'unknown metric "delvery.p95", did you mean "delivery.p95"?'],
    ['p95 < 3ms', 'unknown metric "p95", did you mean "delivery.p95"?'],
    ['loss == 0', 'unknown metric "loss", did you mean "lost"?'],
    ['nonsense < 1', /^unknown metric "nonsense", expected one of delivery, .*delivered\.rate$/],
    ['delivery < 1s', /^delivery needs a statistic, expected delivery\.min, delivery\.mean, .*delivery\.max$/],
    ['delivery.p100 < 1s', 'unknown statistic "p100" of delivery, did you mean "delivery.max"?'],
    ['delivery.p0 < 1s', 'unknown statistic "p0" of delivery, did you mean "delivery.min"?'],
    [
      'delivery.average < 1s',
      /^unknown statistic "average" of delivery, expected min, mean, p50, .* such as p75 or p99.99$/,
    ],
    ['connect.sucess == 100%', 'unknown statistic "sucess" of connect, did you mean "connect.success"?'],
    ['lost.p95 == 0', 'lost is a single figure and has no statistic, expected just "lost"'],
    ['lost = 0', 'unknown operator "=", did you mean "=="?'],
    ['lost => 0', 'unknown operator "=>", expected < <= > >= == !='],
    ['delivery.p95 < 170', 'delivery.p95 is a duration: expected a duration such as 30s or 2m, got "170"'],
    ['lost == 101%', 'lost is a percentage: expected a percentage such as 99.9%, got "101%"'],
    ['rooms.left == 0%', 'rooms.left is a count: expected a whole number such as 50, got "0%"'],
    ['connect.success == 1', 'connect.success is a percentage: expected a percentage such as 99.9%, got "1"'],
    ['sent.rate > 5ms', 'sent.rate is a rate: expected a rate such as 1200 or 1200/s, got "5ms"'],
    ['delivery.p95 < -1ms', /^delivery.p95 is a duration: /],
    ['lost', "expected metric, operator and value such as 'delivery.p95 < 170ms'"],
    ['', "expected metric, operator and value such as 'delivery.p95 < 170ms'"],
    ['constructor < 1', /^unknown metric "constructor"/],
    ['lost constructor 1', "expected metric, operator and value such as 'delivery.p95 < 170ms'"],
    ['lost == ', 'lost is a count: expected a whole number such as 50, got ""'],
  ])('"%s" is refused in one line: %s', (expression, problem) => {
    expect(checkThreshold(expression)).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
  });

  it.each([
    // 100 values 1 … 100 ms: the 95th is 95 ms. Histograms hold three digits: 95 ms is 95.04 at the top of its bucket.
    ['delivery.p95 < 96ms', 'ok, 95 ms'],
    ['delivery.p95 < 95ms', 'not ok, 95 ms'],
    ['delivery.p75 < 76ms', 'ok, 75 ms'],
    ['delivery.p99.5 < 101ms', 'ok, 100 ms'],
    ['delivery.p0.5 <= 1ms', 'ok, 1 ms'],
    ['delivery.min >= 1ms', 'ok, 1 ms'],
    ['delivery.max < 101ms', 'ok, 100 ms'],
    ['lost < 0.1%', 'ok, 0 %'],
    ['dropped <= 0%', 'ok, 0 %'],
    ['ack.p50 <= 25.1ms', 'ok, 25 ms'],
    ['lateness.max < 2ms', 'ok, 1 ms'],
    ['lost == 0', 'ok, 0'],
    ['lost > 0', 'not ok, 0'],
    ['lost != 0', 'not ok, 0'],
    ['connect.success == 100%', 'ok, 100 %'],
    ['queue.depth.max <= 3', 'ok, 3'], // ready 2 + in flight 1; the 9 before measure are warm-up's
    ['queue.drain <= 0s', 'ok, 0 ms'], // empty from 2 s on, measure ends at 3 s
    ['sent.rate == 50/s', 'ok, 50/s'], // 100 messages in 2 s of measure; in 3.1 s of run it would be 32/s
    ['delivered.rate == 40/s', 'ok, 40/s'],
    ['host.steal <= 2%', 'ok, 0 %'],
  ])('"%s" on the small run: %s', (expression, outcome) => expect(evaluate(expression)).toBe(outcome));

  it.each([
    // 100 arrived and 6 did not: the 95th percentile is the 101st of 106, which never came.
    ['delivery.p95 < 10h', { ledger: { lost: 6 } }, 'not ok, ∞'],
    // 5 lost: the 100th of 105, the slowest that did come.
    ['delivery.p95 < 101ms', { ledger: { lost: 5 } }, 'ok, 100 ms'],
    ['delivery.mean < 10h', { ledger: { lost: 1 } }, 'not ok, ∞'],
    ['delivery.max < 10h', { ledger: { lost: 1 } }, 'not ok, ∞'],
    ['delivery.min <= 1ms', { ledger: { lost: 99 } }, 'ok, 1 ms'],
    ['delivery.min < 10h', { histograms: { delivery: [] }, ledger: { lost: 99 } }, 'not ok, ∞'],
    ['lost < 0.1%', { ledger: { expected: 10_000, once: 9_991, lost: 9 } }, 'ok, 0.09 %'],
    ['lost < 0.1%', { ledger: { expected: 10_000, once: 9_990, lost: 10 } }, 'not ok, 0.1 %'],
    ['skipped <= 1%', { ledger: { planned: 200, skipped: 3 } }, 'not ok, 1.5 %'],
    ['rejected <= 1%', { ledger: { sent: 200, rejected: 2 } }, 'ok, 1 %'],
    ['traffic.failed <= 5%', withTraffic(0), 'ok, 5 %'],
    ['service.p50 < 10h', { ledger: { lost: 101 } }, 'not ok, ∞'],
    ['fanoutLast.max < 10h', { ledger: { sent: 101 } }, 'not ok, ∞'],
    ['ack.p99 < 10h', { ledger: { acked: 98 } }, 'not ok, ∞'],
    ['connect.max < 10h', { connections: { failed: 1 } }, 'not ok, ∞'],
    ['connect.success >= 99.9%', { connections: { attempted: 1000, opened: 999 } }, 'ok, 99.9 %'],
    ['connect.success == 100%', { connections: { attempted: 1_000_000, opened: 999_999 } }, 'not ok, 99.999 %'],
    ['deliveryOthers.p95 < 20ms', OTHERS, 'ok, 10 ms'],
    ['deliveryOthers.p95 < 20ms', { ...OTHERS, ledger: { lost: 9 } }, 'not ok, ∞'],
    ['host.steal <= 2%', { run: { host: { stealRatio: 0.031, foreignRatio: null, series: null } } }, 'not ok, 3.1 %'],
    ['history.p95 < 30ms', withTraffic(0), 'ok, 20 ms'],
    ['history.p95 < 10h', withTraffic(1), 'not ok, ∞'],
    ['history.p50 < 30ms', withTraffic(1), 'ok, 20 ms'],
    ['traffic.failed <= 3', withTraffic(0), 'ok, 3'],
    ['traffic.failed == 0', withTraffic(2), 'not ok, 5'],
    ['reached == 100%', { connections: { attempted: 9, opened: 8, reached: 8 } }, 'ok, 100 %'],
    ['reached == 100%', { connections: { opened: 8, reached: 7 } }, 'not ok, 87.5 %'],
  ] as const)('"%s" counts what never came: %o gives %s', (expression, parts, outcome) => {
    expect(evaluate(expression, parts)).toBe(outcome);
  });

  it.each([
    ['delivery.p95 < 10h', { histograms: { delivery: [] } }],
    ['delivery.p95 < 10h', { histograms: { delivery: [] }, ledger: { lost: 0 } }],
    ['delivery.p95 >= 0s', { histograms: { delivery: [] } }],
    ['ack.p50 < 10h', { histograms: { ack: [] } }],
    ['lost == 0', { ledger: { expected: 0, once: 0, sent: 0 } }],
    ['lost < 0.1%', { ledger: { expected: 0, once: 0, sent: 0 } }],
    ['rejected != 1', { ledger: { sent: 0 } }],
    ['connect.success >= 0%', { connections: { attempted: 0, opened: 0 } }],
    ['deliveryOthers.p95 < 20ms', {}], // nobody was stalled
    ['history.p95 < 10h', {}],
    [
      'history.p95 < 10h',
      { samples: { traffic: [{ ...NOTHING_READ, kind: 'history', latency: '', lateness: null, own: null }] } },
    ],
    ['traffic.failed == 0', {}],
    [
      'traffic.failed == 0',
      { samples: { traffic: [{ ...NOTHING_READ, kind: 'typing', latency: null, lateness: null, own: null }] } },
    ],
    ['reached >= 0%', { connections: { opened: 0, reached: 0 } }],
    ['reached >= 0%', { connections: { reached: null } }],
    ['queue.depth.max < 9', { run: { queue: null } }],
    ['queue.depth.max < 9', { queue: { atUs: [500_000], ready: [9], inFlight: [0] } }], // warm-up alone
    ['queue.drain < 9s', { run: { queue: null } }],
    ['queue.drain < 9s', { queue: { atUs: [], ready: [], inFlight: [] } }],
    ['queue.drain < 9s', { queue: { atUs: [1_000_000], ready: [0], inFlight: [0] } }], // nobody looked for 2 s
    ['sent.rate >= 0', { run: { phases: { warmupEndUs: 5, measureEndUs: 5, drainEndUs: 5 } } }],
    ['delivered.rate >= 0', { samples: { intervals: [] } }],
  ] as [string, SmallResultParts][])('"%s" never holds without data: %o', (expression, parts) => {
    expect(evaluate(expression, parts)).toBe('not ok, no data');
  });

  it.each([
    // Empty at 3.5 s for good: 0.5 s after measure; the empty look at 3.0 s was not the last word.
    [[0, 4, 0, 2, 0, 0], '500 ms'],
    [[0, 0, 0, 0, 0, 7], '∞'],
    [[9, 9, 0, 0, 0, 0], '0 ms'],
  ])('drain is told from the last time that the queue was not empty: %j', (ready, drain) => {
    const atUs = [2_000_000, 2_500_000, 3_000_000, 3_250_000, 3_500_000, 4_000_000];
    const parts = { queue: { atUs, ready, inFlight: ready.map(() => null) } };
    expect(evaluate('queue.drain < 0s', parts)).toBe(`not ok, ${drain}`);
  });
});

describe('a threshold of one group', () => {
  const ledger = {
    planned: 50,
    sent: 40,
    skipped: 10,
    unsendable: 0,
    acksExpected: 40,
    acked: 39,
    expected: 40,
    once: 38,
    lost: 2,
    late: 1,
    recovered: 0,
    held: 0,
  };
  const group = {
    name: 'talkers',
    clients: 10,
    reached: 9,
    ledger,
    delivery: encodeValues(new Array(38).fill(20_000)),
    ack: encodeValues(new Array(39).fill(5_000)),
    received: { lost: 1, delivery: encodeValues(new Array(99).fill(30_000)) },
    traffic: withTraffic(1).samples!.traffic!,
  };
  const empty = { ...group, name: 'nobody', delivery: '', received: { lost: 0, delivery: '' }, traffic: [] };
  const parts: SmallResultParts = { samples: { groups: [group, empty] } };

  it.each([
    ['delivery.p90 of talkers < 25ms', 'ok, 20 ms'],
    ['delivery.p95 of talkers < 25ms', 'ok, 20 ms'],
    ['delivery.p99 of talkers < 25ms', 'not ok, ∞'],
    ['delivery.p99 to talkers < 31ms', 'ok, 30 ms'],
    ['delivery.max to talkers < 31ms', 'not ok, ∞'],
    ['ack.p50   of   talkers<6ms', 'ok, 5 ms'],
    ['ack.max of talkers < 6ms', 'not ok, ∞'],
    ['lost of talkers <= 2', 'ok, 2'],
    ['lost of talkers <= 4%', 'not ok, 5 %'],
    ['lost to talkers <= 1%', 'ok, 1 %'],
    ['lost to talkers == 1', 'ok, 1'],
    ['skipped of talkers <= 20%', 'ok, 20 %'],
    ['acked of talkers >= 98%', 'not ok, 97.5 %'],
    ['reached of talkers >= 90%', 'ok, 90 %'],
    ['sent.rate of talkers == 20/s', 'ok, 20/s'], // 40 in 2 s of measure
    ['history.p50 of talkers < 25ms', 'ok, 20 ms'],
    ['history.max of talkers < 25ms', 'not ok, ∞'],
    ['traffic.failed of talkers == 4', 'ok, 4'],
    ['delivery.p50 to nobody < 10h', 'not ok, no data'],
    ['lost to nobody == 0', 'not ok, no data'],
    ['history.p50 of nobody < 10h', 'not ok, no data'],
    ['delivery.p50 of strangers < 10h', 'not ok, no data'],
  ])('"%s": %s', (expression, outcome) => expect(evaluate(expression, parts)).toBe(outcome));

  it('is undecided by too few values of the group, whatever the run has', () => {
    const few = { ...group, ledger: { ...ledger, acked: 40 }, ack: encodeValues(new Array(40).fill(5_000)) };
    const { status, thresholds } = judge(smallResult({ samples: { groups: [few] } }), [
      'ack.p95 of talkers < 9ms',
      'ack.p99 of talkers < 9ms',
    ]);
    expect(thresholds.map(({ undecided }) => undecided?.slice(0, 24))).toEqual([undefined, '40 values make no p99, w']);
    expect(status).toBe('invalid');
  });
});

it('every metric has a meaning, and every subject of it can be parsed', () => {
  for (const metric of METRICS) {
    const value = {
      duration: '1ms',
      count: '1',
      percentage: '1%',
      rate: '1/s',
      bytes: '1MB',
      share: '1%',
      number: '1',
    }[metric.unit];
    expect(metric.meaning).not.toBe('');
    for (const subject of subjectsOf(metric)) expect(checkThreshold(`${subject} < ${value}`)).toBeNull();
  }
});

describe('a threshold between regions of agents', () => {
  const breakdowns = {
    'from=tokyo,to=london': encodeValues(new Array(100).fill(240_000)),
    'from=london,to=tokyo': encodeValues(new Array(100).fill(260_000)),
  };
  it.each([
    ['delivery.p95 from tokyo to london < 250ms', 'ok, 240 ms'],
    ['delivery.mean from london to tokyo < 250ms', 'not ok, 260 ms'],
    ['delivery.p95 from tokyo to us-east.1 < 1s', 'not ok, no data'],
    ['ack.p95 from tokyo to london < 1s', 'ack is not told apart by region, expected delivery'],
    ['lost from tokyo to london == 0', 'lost is not told apart by region, expected delivery'],
    [
      'delivery.p95 from tokyo to london < 1s during measure',
      'delivery.p95 from tokyo to london is known for the run as a whole only',
    ],
    ['delivery.p95 from tokyo < 1s', /^expected metric, operator and value/],
  ])('%s', (expression, outcome) => {
    const said = evaluate(expression, { samples: { breakdowns } });
    if (typeof outcome === 'string') expect(said).toBe(outcome);
    else expect(said).toMatch(outcome);
  });

  it('takes any lost delivery of the run for one of theirs', () => {
    const parts = { samples: { breakdowns }, ledger: { lost: 20 } };
    expect(evaluate('delivery.p90 from tokyo to london < 9s', parts)).toBe('not ok, ∞');
  });
});
