import { describe, expect, it } from 'vitest';
import type { RunResult } from '../result/run-result.ts';
import { encodeValues } from '../testing/encode-values.ts';
import { type SmallResultParts, smallResult } from '../testing/small-result.ts';
import { knownOf } from './known-run.ts';
import { checkThreshold, measureThreshold, outcomeOf, parseThreshold, type Threshold } from './threshold.ts';

const STAGES = [
  { fromPerSecond: 50, toPerSecond: 50, durationUs: 2_000_000 },
  { fromPerSecond: 50, toPerSecond: 50, durationUs: 2_000_000, name: 'burst' },
  { fromPerSecond: 0, toPerSecond: 0, durationUs: 1_500_000, name: 'rest' },
];

/** 1 s of warm-up, 2 s calm (10 ms), 2 s of burst (40 and 90 ms), 1.5 s of rest in which nothing is due, drain (200 ms). */
function stagedResult(parts: SmallResultParts = {}): RunResult {
  const second = (number: number, ms: readonly number[], offered = 50) => ({
    second: number,
    offered,
    sent: offered,
    skipped: 0,
    delivered: ms.length,
    inFlight: 0,
    delivery: ms.length === 0 ? '' : encodeValues(ms.map((value) => value * 1000)),
    latenessMaxUs: 0,
    loopDelay: '',
  });
  const ten = (ms: number) => Array.from({ length: 10 }, () => ms);
  const intervals = [
    second(0, []),
    second(1, ten(10)),
    second(2, ten(10)),
    second(3, ten(40)),
    second(4, ten(90)),
    second(5, [], 0),
    second(6, [], 0),
    second(7, ten(200), 0),
  ];
  const base = smallResult();
  return smallResult({
    run: { phases: { warmupEndUs: 1_000_000, measureEndUs: 6_500_000, drainEndUs: 8_000_000 } },
    scenario: { load: { ...base.scenario.load, stages: STAGES } },
    queue: { atUs: [500_000, 1_500_000, 3_500_000, 4_900_000], ready: [9, 1, 7, 3], inFlight: [0, 0, 0, 0] },
    ...parts,
    samples: { intervals, ...parts.samples },
  });
}

function judged(threshold: Threshold, result: RunResult) {
  return outcomeOf(threshold, measureThreshold(threshold, knownOf(result)));
}

function evaluate(expression: string, parts: SmallResultParts = {}): string {
  const parsed = parseThreshold(expression, ['burst', 'rest']);
  if (!parsed.ok) return parsed.problem;
  const { actual, ok } = judged(parsed.threshold, stagedResult(parts));
  return `${ok ? 'ok' : 'not ok'}, ${actual}`;
}

describe('a threshold with a window', () => {
  it.each([
    ['delivery.p99 < 91ms during burst', 'ok, 90 ms'],
    ['delivery.p50 < 41ms during burst', 'ok, 40 ms'],
    // What arrives in drain was due in measure, and nobody else's if not the last stage's.
    ['delivery.max < 100ms during measure', 'not ok, 200 ms'],
    ['delivery.p50 < 100ms during rest', 'not ok, 200 ms'],
    ['delivery.max < 100ms during burst', 'ok, 90 ms'],
    ['delivered.rate == 6/s during measure', 'not ok, 8/s'],
    ['delivery.p50 > 150ms during drain', 'ok, 200 ms'],
    ['delivery.p95 < 50ms for every 1s', 'not ok, 200 ms in 5 s–6 s'],
    ['delivery.p95 < 50ms for every 1s during burst', 'not ok, 90 ms in 4 s–5 s'],
    ['delivery.p50 < 50ms for every 2s', 'not ok, 90 ms in 4 s–6 s'],
    ['delivery.p50 > 15ms for every 2s', 'not ok, 10 ms in 1 s–3 s'],
    ['delivery.p50 < 50ms for every 2s during burst', 'ok, 40 ms in 3 s–5 s'],
    ['delivery.p50 < 50ms  during burst  for  every 2s', 'ok, 40 ms in 3 s–5 s'],
    ['delivered.rate == 10/s during burst', 'ok, 10/s'],
    ['sent.rate >= 50/s for every 1s', 'not ok, 0/s in 5 s–6 s'],
    ['queue.depth.max <= 5 during burst', 'not ok, 7'],
    ['skipped == 0 during burst', 'ok, 0'],
    ['lost == 0 during warm-up', 'ok, 0'],
    ['delivery.p95 < 10h for every 7s', 'not ok, no data'],
  ])('"%s": %s', (expression, outcome) => expect(evaluate(expression)).toBe(outcome));

  it('has no data in a stage in which nothing was due and after which nothing arrived', () => {
    const intervals = stagedResult().samples.intervals.filter(({ second }) => second < 7);
    expect(evaluate('delivery.p95 < 10h during rest', { samples: { intervals } })).toBe('not ok, no data');
  });

  it('fails a server that freezes from five seconds before the end of measure to five after it', () => {
    const PER_SECOND = 500;
    const frozenFromUs = 55_000_000;
    const frozenToUs = 65_000_000;
    const arrivals = Array.from({ length: 60 * PER_SECOND }, (_, index) => {
      const intendedAtUs = (index * 1_000_000) / PER_SECOND;
      const atUs = intendedAtUs >= frozenFromUs ? frozenToUs : intendedAtUs + 1000;
      return { second: Math.floor(atUs / 1_000_000), latencyUs: atUs - intendedAtUs };
    });
    const intervals = Array.from({ length: 66 }, (_, second) => {
      const values = arrivals.filter((arrival) => arrival.second === second).map(({ latencyUs }) => latencyUs);
      const offered = second < 60 ? PER_SECOND : 0;
      const delivery = values.length === 0 ? '' : encodeValues(values);
      return {
        second,
        offered,
        sent: offered,
        skipped: 0,
        delivered: values.length,
        inFlight: 0,
        delivery,
        latenessMaxUs: 0,
        loopDelay: '',
      };
    });
    const load = {
      ...smallResult().scenario.load,
      stages: [
        { fromPerSecond: PER_SECOND, toPerSecond: PER_SECOND, durationUs: 30_000_000 },
        { fromPerSecond: PER_SECOND, toPerSecond: PER_SECOND, durationUs: 30_000_000, name: 'peak' },
      ],
    };
    const result = smallResult({
      run: { phases: { warmupEndUs: 0, measureEndUs: 60_000_000, drainEndUs: frozenToUs } },
      scenario: { load },
      histograms: { delivery: arrivals.map(({ latencyUs }) => latencyUs) },
      samples: { intervals },
    });
    const isMet = (expression: string) => {
      const parsed = parseThreshold(expression, ['peak']);
      return parsed.ok && judged(parsed.threshold, result).ok;
    };
    // Of 30,000 messages 2,500 waited 5 to 10 s, of the peak's 15,000 one in six.
    for (const subject of ['delivery.p95', 'delivery.p99', 'delivery.max']) {
      for (const window of ['', ' during measure', ' during peak', ' for every 10s', ' for every 10s during peak'])
        expect(isMet(`${subject} < 5s${window}`), subject + window).toBe(false);
    }
    expect(isMet('delivery.p50 < 2ms during peak')).toBe(true);
  });

  it('is charged with every lost delivery, since none knows its second', () => {
    expect(evaluate('delivery.p95 < 10h during burst', { ledger: { lost: 2 } })).toBe('not ok, ∞');
    expect(evaluate('delivery.p90 < 10h during burst', { ledger: { lost: 2 } })).toBe('ok, 90 ms');
  });

  it('is endless where messages were due and none arrived', () => {
    const stalled = stagedResult().samples.intervals.map((interval) =>
      interval.second === 2 ? { ...interval, delivered: 0, delivery: '' } : interval,
    );
    expect(evaluate('delivery.p95 < 10h for every 1s', { samples: { intervals: stalled } })).toBe(
      'not ok, ∞ in 2 s–3 s',
    );
  });

  it.each([
    ['delivery.p95 < 1s during brust', 'unknown phase or stage "brust", did you mean "burst"?'],
    [
      'delivery.p95 < 1s during nothing',
      'unknown phase or stage "nothing", expected one of warm-up, measure, drain, burst',
    ],
    ['delivery.p95 < 1s for every 1500ms', 'for every: expected whole seconds such as 10s, got "1500ms"'],
    ['delivery.p95 < 1s for every 0s', 'for every: expected whole seconds such as 10s, got "0s"'],
    ['delivery.p95 < 1s for every', /^delivery.p95 is a duration: /],
    ['delivery.p95 < 1s during burst during burst', 'expected "during" once'],
    ['delivery.p95 < 1s for every 1s for every 2s', 'expected "for every" once'],
    ['delivery.p95 < 1s during warm-up', 'delivery has no figures in warm-up: they are left out'],
    [
      'ack.p95 < 1s during burst',
      'ack.p95 is known for the run as a whole only, expected one of delivery, skipped, queue.depth.max, sent.rate, delivered.rate with a window',
    ],
    ['lost == 0 for every 10s', 'lost is known for warm-up and measure only, not for stages or stretches'],
  ])('"%s" is refused: %s', (expression, problem) => {
    expect(checkThreshold(expression, ['burst'])).toEqual(
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    );
  });
});
