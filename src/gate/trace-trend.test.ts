import { expect, it } from 'vitest';
import { smallResult } from '../testing/small-result.ts';
import { traceTrend } from './trace-trend.ts';

const lossy = smallResult({ ledger: { once: 60, lost: 40 }, histograms: { delivery: Array(60).fill(10_000) } }).samples;

function run(day: number, delayMs: number, invalid = false) {
  const delivery = Array.from({ length: 100 }, (_, index) =>
    Math.round(delayMs * 1000 * (1 + index / 1000 + day / 500)),
  );
  return smallResult({
    histograms: { delivery },
    run: { id: `day-${day}`, startedAt: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z` },
    samples: invalid ? { oddValues: 1 } : {},
  });
}

it('orders runs by time, and tells from which run on a level holds, and how it changed', () => {
  const days = Array.from({ length: 16 }, (_, index) => run(index + 1, index < 8 ? 10 : 15));
  const { runs, series } = traceTrend(days.toReversed().map((day) => [day]));
  expect(runs.map(({ id }) => id)).toEqual(days.map(({ id }) => id));
  const p95 = series.find(({ subject }) => subject === 'delivery.p95')!;
  expect(p95.changes).toEqual([
    {
      index: 8,
      before: expect.closeTo(11_040, -3),
      after: expect.closeTo(16_740, -3),
      ratio: expect.closeTo(1.5, 1),
      p: expect.any(Number),
    },
  ]);
  expect(series.find(({ subject }) => subject === 'lost')?.changes).toEqual([]);
});

it('lists invalid runs and does not use their figures', () => {
  const days = Array.from({ length: 17 }, (_, index) => run(index + 1, index < 8 ? 10 : 15, index === 4));
  const { runs, series } = traceTrend(days.map((day) => [day]));
  expect(runs[4]?.verdict).toBe('invalid');
  const p95 = series.find(({ subject }) => subject === 'delivery.p95')!;
  expect(p95.values[4]).toBeNull();
  expect(p95.changes.map(({ index }) => index)).toEqual([8]);
});

it('takes the trials of a repeat for one run, by the median of the valid ones', () => {
  const trials = [run(1, 10), run(1, 30), run(1, 12), run(1, 99, true)];
  const { runs, series } = traceTrend([trials, [run(2, 20)], [run(3, 10, true), run(3, 10, true)]]);
  expect(runs.map(({ id, verdict, trials }) => [id, verdict, trials])).toEqual([
    ['day-1', 'pass', 4],
    ['day-2', 'pass', 1],
    ['day-3', 'invalid', 2],
  ]);
  const middle = traceTrend([[trials[2]!]]).series.map(({ values }) => values[0]);
  expect(series.map(({ values }) => values[0])).toEqual(middle);
  expect(series.map(({ values }) => values[2])).toEqual([null, null, null, null, null]);
});

it('tells levels that deliveries were lost in for endless ones', () => {
  const days = Array.from({ length: 16 }, (_, index) =>
    index < 8 ? run(index + 1, 10) : { ...run(index + 1, 10), samples: lossy },
  );
  const trend = traceTrend(days.map((day) => [day]));
  const p95 = trend.series.find(({ subject }) => subject === 'delivery.p95')!;
  expect(p95.changes).toMatchObject([{ index: 8, after: Number.POSITIVE_INFINITY, ratio: Number.POSITIVE_INFINITY }]);
});

it('of no runs is empty', () => expect(traceTrend([]).runs).toEqual([]));
