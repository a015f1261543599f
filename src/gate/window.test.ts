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

/** 1 s of warm-up, 2 s calm (10 ms), 2 s of burst (40 and 90 ms, ten of 2.5 s), 1.5 s of rest in which nothing is due, drain. */
function stagedResult(parts: SmallResultParts = {}): RunResult {
  const second = (number: number, ms: readonly number[], offered = 50, due = ms) => ({
    second: number,
    offered,
    sent: offered,
    skipped: 0,
    delivered: ms.length,
    inFlight: 0,
    delivery: encode(ms),
    due: encode(due),
    lost: 0,
    latenessMaxUs: 0,
    loopDelay: '',
  });
  const encode = (ms: readonly number[]) => (ms.length === 0 ? '' : encodeValues(ms.map((value) => value * 1000)));
  const ten = (ms: number) => Array.from({ length: 10 }, () => ms);
  const intervals = [
    second(0, []),
    second(1, ten(10)),
    second(2, ten(10)),
    second(3, ten(40)),
    second(4, ten(90), 50, [...ten(90), ...ten(2_500)]),
    second(5, [], 0),
    second(6, [], 0),
    second(7, ten(2_500), 0, []),
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
    // Ten of them arrived in drain.
    ['delivery.p99 < 91ms during burst', 'not ok, 2,501 ms'],
    ['delivery.p50 < 91ms during burst', 'ok, 90 ms'],
    ['delivery.max < 100ms during measure', 'not ok, 2,501 ms'],
    // What arrives after it was due before it.
    ['delivery.p50 < 10h during rest', 'not ok, no data'],
    ['delivered.rate == 6/s during measure', 'not ok, 8/s'],
    ['delivered.rate == 10/s during drain', 'ok, 10/s'],
    ['delivery.p95 < 50ms for every 1s', 'not ok, 2,501 ms in 4 s–5 s'],
    ['delivery.p95 < 50ms for every 1s during burst', 'not ok, 2,501 ms in 4 s–5 s'],
    ['delivery.p50 < 50ms for every 2s', 'not ok, 90 ms in 3 s–5 s'],
    ['delivery.p50 > 15ms for every 2s', 'not ok, 10 ms in 1 s–3 s'],
    ['delivery.p50 < 91ms for every 2s during burst', 'ok, 90 ms in 3 s–5 s'],
    ['delivery.p50 < 91ms  during burst  for  every 2s', 'ok, 90 ms in 3 s–5 s'],
    ['delivered.rate == 10/s during burst', 'ok, 10/s'],
    ['sent.rate >= 50/s for every 1s', 'not ok, 0/s in 5 s–6 s'],
    ['queue.depth.max <= 5 during burst', 'not ok, 7'],
    ['skipped == 0 during burst', 'ok, 0'],
    ['skipped <= 0% during burst', 'ok, 0 %'],
    ['lost == 0 during warm-up', 'ok, 0'],
    ['delivery.p95 < 10h for every 7s', 'not ok, no data'],
  ])('"%s": %s', (expression, outcome) => expect(evaluate(expression)).toBe(outcome));

  it('fails a server that freezes from five seconds before the end of measure to five after it', () => {
    const PER_SECOND = 500;
    const frozenFromUs = 55_000_000;
    const frozenToUs = 65_000_000;
    const arrivals = Array.from({ length: 60 * PER_SECOND }, (_, index) => {
      const intendedAtUs = (index * 1_000_000) / PER_SECOND;
      const atUs = intendedAtUs >= frozenFromUs ? frozenToUs : intendedAtUs + 1000;
      const second = (us: number) => Math.floor(us / 1_000_000);
      return { second: second(atUs), dueSecond: second(intendedAtUs), latencyUs: atUs - intendedAtUs };
    });
    const intervals = Array.from({ length: 66 }, (_, second) => {
      const latencies = (some: typeof arrivals) =>
        some.length === 0 ? '' : encodeValues(some.map(({ latencyUs }) => latencyUs));
      const arrived = arrivals.filter((arrival) => arrival.second === second);
      const offered = second < 60 ? PER_SECOND : 0;
      return {
        second,
        offered,
        sent: offered,
        skipped: 0,
        delivered: arrived.length,
        inFlight: 0,
        delivery: latencies(arrived),
        due: latencies(arrivals.filter(({ dueSecond }) => dueSecond === second)),
        lost: 0,
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

  /** The second with what is different in it. */
  function changing(second: number, different: Partial<RunResult['samples']['intervals'][number]>) {
    return stagedResult().samples.intervals.map((one) => (one.second === second ? { ...one, ...different } : one));
  }

  it('is charged with what was lost of its own messages', () => {
    const parts = { ledger: { lost: 2 }, samples: { intervals: changing(3, { lost: 2 }) } };
    expect(evaluate('delivery.p95 < 10h during burst', parts)).toBe('not ok, ∞');
    expect(evaluate('delivery.p90 < 10h during burst', parts)).toBe('ok, 2,501 ms');
    expect(evaluate('delivery.max < 10h for every 1s', parts)).toBe('not ok, ∞ in 3 s–4 s');
    const before = { ledger: { lost: 2 }, samples: { intervals: changing(2, { lost: 2 }) } };
    expect(evaluate('delivery.max < 10h during burst', before)).toBe('ok, 2,501 ms');
  });

  it('is charged with every loss that no second tells of', () => {
    expect(evaluate('delivery.p95 < 10h during burst', { ledger: { lost: 2 } })).toBe('not ok, ∞');
    expect(evaluate('delivery.p90 < 10h during burst', { ledger: { lost: 2 } })).toBe('ok, 2,501 ms');
  });

  it('takes what arrived in a second for what was due in it, where a result does not tell', () => {
    const intervals = stagedResult().samples.intervals.map((one) => ({ ...one, due: null }));
    expect(evaluate('delivery.max < 100ms during burst', { samples: { intervals } })).toBe('ok, 90 ms');
  });

  it('is endless where messages were due and none arrived, and has no data where none was due', () => {
    const intervals = changing(2, { due: '', lost: 10 });
    const parts = { ledger: { lost: 10 }, samples: { intervals } };
    expect(evaluate('delivery.p95 < 10h for every 1s', parts)).toBe('not ok, ∞ in 2 s–3 s');
    const none = changing(2, { due: '' });
    expect(evaluate('delivery.max < 3s for every 1s', { samples: { intervals: none } })).toBe(
      'ok, 2,501 ms in 4 s–5 s',
    );
  });

  it('has all that was due in measure, where it begins and ends within a second', () => {
    const intervals = [...changing(6, { due: encodeValues([7_000_000]) })];
    const parts = (warmupEndUs: number) => ({
      run: { phases: { warmupEndUs, measureEndUs: 6_500_000, drainEndUs: 8_000_000 } },
      samples: { intervals },
    });
    expect(evaluate('delivery.max < 10h during measure', parts(1_000_000))).toBe('ok, 7,000 ms');
    expect(evaluate('delivery.max < 10h for every 2s', parts(1_000_000))).toBe('ok, 7,000 ms in 4 s–6 s');
    expect(evaluate('delivery.p50 > 10ms during measure', parts(1_500_000))).toBe('ok, 40 ms');
    expect(evaluate('delivery.max > 10ms for every 1s', parts(1_500_000))).toBe('ok, 10 ms in 2 s–3 s');
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
      'delivery.p95 < 1s during drain',
      'delivery has no figures in drain: nothing is due in it, and what arrives in it counts where it was due',
    ],
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
