import { expect, it } from 'vitest';
import { OBSERVED_STATISTICS, observedOfRun, observedStatistic } from './observed-statistics.ts';

const SERIES = { atUs: [0, 1e6, 2e6, 3e6, 4e6], values: [100, 4, null, 6, 9] };
const PHASES = { warmupEndUs: 1e6, measureEndUs: 4e6 };

it('leave warm-up and failed readings out; drain has a part in the most and the last', () => {
  expect(observedOfRun(SERIES, PHASES)).toEqual({ max: 9, min: 4, mean: 5, last: 9 });
});

it('of a span are those of the readings in it, its end left out', () => {
  const of = (fromUs: number, toUs: number) =>
    OBSERVED_STATISTICS.map((statistic) => observedStatistic(SERIES, statistic, fromUs, toUs));
  expect(of(0, 1e6)).toEqual([100, 100, 100, 100]);
  expect(of(2e6, 3e6)).toEqual([null, null, null, null]);
  expect(of(3e6, Number.POSITIVE_INFINITY)).toEqual([9, 6, 7.5, 9]);
});
