import { expect, it } from 'vitest';
import { smallResult } from '../testing/small-result.ts';
import { checkAbort } from './abort-watch.ts';
import { judge } from './judge.ts';
import { checkThreshold } from './threshold.ts';

const series = (
  name: string,
  unit: 'number' | 'bytes' | 'cores' | 'perSecond',
  values: readonly (number | null)[],
) => ({
  name,
  unit,
  source: 'redis' as const,
  intervalMs: 500,
  gaps: 0,
  trouble: null,
  atUs: values.map((_, index) => index * 500_000),
  values,
});

/** Warm-up is the first second, measure the two after it. */
const result = smallResult({
  run: {
    observed: [
      series('lag', 'number', [900, 900, 10, 20, null, 30, 7.5]),
      series('w', 'cores', [0, 0, 0.5, 1.2]),
      series('w.memory', 'bytes', [0, 0, 3e6, 5e6]),
      series('jobs', 'perSecond', [0, 0, 100, 140]),
      series('silent', 'number', [1, 1, null, null]),
    ],
  },
});

it.each([
  ['observed.lag.max < 30', false, '30'],
  ['observed.lag.max <= 30', true, '30'],
  ['observed.lag.min >= 10', true, '10'],
  ['observed.lag.mean == 20', true, '20'],
  ['observed.lag.last == 7.5', true, '7.5'],
  ['observed.lag.max < 1000 during warm-up', true, '900'],
  ['observed.lag.max < 25 for every 1s', false, '30 in 2 s–3 s'],
  ['observed.w.max < 150%', true, '120 %'],
  ['observed.w.memory.max < 4MB', false, '5 MB'],
  ['observed.jobs.mean > 100/s', true, '120/s'],
  ['observed.silent.max < 1', false, 'no data'],
  ['observed.other.max < 1', false, 'no data'],
])('%s: %s, actual %s', (expression, ok, actual) => {
  expect(checkThreshold(expression)).toBeNull();
  expect(judge(result, [expression]).thresholds).toEqual([{ expression, ok, actual }]);
});

it.each([
  ['observed.lag < 3', 'expected observed.NAME. and one of max, min, mean, last'],
  ['observed.lag.p95 < 3', 'expected observed.NAME. and one of max, min, mean, last'],
  ['observed.lag.max < much', 'expected a number such as 1000, 90%, 500MB or 120/s'],
  ['observed.lag.max < 3s', 'expected a number such as 1000, 90%, 500MB or 120/s'],
])('%s is refused', (expression, problem) => {
  expect(checkThreshold(expression)).toContain(problem);
});

it('no run can be ended by it', () => {
  expect(checkAbort('observed.lag.max < 3')).toContain('known only at the end');
});
