import { describe, expect, it } from 'vitest';
import { encodeValues } from '../testing/encode-values.ts';
import { type SmallResultParts, smallResult } from '../testing/small-result.ts';
import { judge } from './judge.ts';

const values = (count: number, us: number) => Array.from({ length: count }, () => us);
const delivering = (count: number, lost = 0): SmallResultParts => ({
  histograms: { delivery: values(count, 5_000) },
  ledger: {
    planned: count + lost,
    sent: count + lost,
    acksExpected: count + lost,
    acked: count + lost,
    expected: count + lost,
    once: count,
    lost,
  },
});

function judged(parts: SmallResultParts, expression: string) {
  const { status, exitCode, thresholds, warnings } = judge(smallResult(parts), [expression]);
  const told = warnings.filter(({ code }) => code === 'too-few').map(({ message }) => message);
  return { status, exitCode, outcome: thresholds[0]!, told };
}

describe('a threshold on a percentile', () => {
  it.each([
    ['p50', 2],
    ['p90', 10],
    ['p75', 4],
    ['p95', 20],
    ['p97', 34],
    ['p99', 100],
    ['p999', 1_000],
  ])('%s is undecided below %i values, whether they hold or not, and judged from there on', (statistic, needed) => {
    for (const limit of ['1s', '1ms']) {
      const few = judged(delivering(needed - 1), `delivery.${statistic} < ${limit}`);
      expect(few).toMatchObject({ status: 'invalid', exitCode: 5, outcome: { ok: false } });
      expect(few.outcome.undecided).toContain(`make`);
      expect(few.told).toHaveLength(1);
    }
    expect(judged(delivering(needed), `delivery.${statistic} < 1s`)).toMatchObject({ status: 'pass', told: [] });
    expect(judged(delivering(needed), `delivery.${statistic} < 1ms`)).toMatchObject({ status: 'fail', told: [] });
  });

  it('says how long the run would have to be', () => {
    // 2 s of measure yield 12 values: 1,000 take 166.7 s.
    expect(judged(delivering(12), 'delivery.p999 < 1s').told).toEqual([
      "'delivery.p999 < 1s' is undecided: 12 values make no p999, which takes 1,000: measure would have to last 2 min 47 s in place of 2 s",
    ]);
    expect(judged({}, 'connect.p95 < 1s').told).toEqual([
      "'connect.p95 < 1s' is undecided: 4 values make no p95, which takes 20: so many connections would have to be opened",
    ]);
  });

  it('fails by what never came, however few they are', () => {
    expect(judged(delivering(3, 3), 'delivery.p95 < 1s')).toMatchObject({
      status: 'fail',
      outcome: { actual: '∞' },
      told: [],
    });
    // Lost ones are values, too: of 20, one of them lost, p95 is the 19th.
    expect(judged(delivering(19, 1), 'delivery.p95 < 1s')).toMatchObject({ status: 'pass', told: [] });
  });

  it('takes no number for the mean and the largest', () => {
    expect(judged(delivering(1), 'delivery.mean < 1s').status).toBe('pass');
    expect(judged(delivering(1), 'delivery.max < 1s').status).toBe('pass');
    expect(judged(delivering(1), 'delivery.min < 1s').status).toBe('pass');
    expect(judged(delivering(1), 'delivery.min < 1ms').status).toBe('fail');
  });

  it('leaves a failure of another threshold a failure', () => {
    const { status } = judge(smallResult(delivering(12)), ['delivery.p99 < 1s', 'delivery.p50 < 1ms']);
    expect(status).toBe('fail');
  });
});

describe('a threshold for every stretch', () => {
  const { intervals } = smallResult().samples;
  const seconds = (counts: readonly (readonly [count: number, us: number])[]): SmallResultParts => ({
    samples: {
      intervals: [[0, 0] as const, ...counts].map(([count, us], second) => ({
        ...intervals[0]!,
        second,
        delivered: count,
        delivery: count === 0 ? '' : encodeValues(values(count, us)),
        due: count === 0 ? '' : encodeValues(values(count, us)),
      })),
    },
  });

  it('is undecided where a stretch has too few values', () => {
    const few = judged(
      seconds([
        [30, 5_000],
        [3, 5_000],
      ]),
      'delivery.p95 < 1s for every 1s',
    );
    expect(few.told).toEqual([
      "'delivery.p95 < 1s for every 1s' is undecided: 3 values make no p95, which takes 20: each stretch would have to last 7 s in place of 1 s",
    ]);
    expect(few.status).toBe('invalid');
  });

  it('fails where one that has enough of them is missed', () => {
    const { status, outcome } = judged(
      seconds([
        [30, 5_000],
        [3, 9_000],
      ]),
      'delivery.p95 < 2ms for every 1s',
    );
    expect(status).toBe('fail');
    expect(outcome.undecided).toBeUndefined();
  });
});
