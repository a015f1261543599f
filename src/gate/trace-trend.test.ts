import { expect, it } from 'vitest';
import { smallResult } from '../testing/small-result.ts';
import { traceTrend } from './trace-trend.ts';

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
  const { runs, series } = traceTrend(days.toReversed());
  expect(runs.map(({ id }) => id)).toEqual(days.map(({ id }) => id));
  const p95 = series.find(({ subject }) => subject === 'delivery.p95')!;
  expect(p95.changes).toEqual([{ index: 8, ratio: expect.closeTo(1.5, 1), p: expect.closeTo(0.001, 2) }]);
  expect(series.find(({ subject }) => subject === 'lost')?.changes).toEqual([]);
});

it('lists invalid runs and does not use their figures', () => {
  const days = Array.from({ length: 17 }, (_, index) => run(index + 1, index < 8 ? 10 : 15, index === 4));
  const { runs, series } = traceTrend(days);
  expect(runs[4]?.verdict).toBe('invalid');
  const p95 = series.find(({ subject }) => subject === 'delivery.p95')!;
  expect(p95.values[4]).toBeNull();
  expect(p95.changes.map(({ index }) => index)).toEqual([8]);
});

it('of no runs is empty', () => expect(traceTrend([]).runs).toEqual([]));
