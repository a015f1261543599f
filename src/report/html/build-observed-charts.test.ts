import { expect, it } from 'vitest';
import type { ObservedUnit } from '../../choices.ts';
import { smallResult } from '../../testing/small-result.ts';
import { buildObservedCharts } from './build-observed-charts.ts';

const series = (name: string, unit: ObservedUnit, values: readonly (number | null)[], gaps = 0) => ({
  name,
  unit,
  source: 'redis' as const,
  intervalMs: 500,
  gaps,
  trouble: null,
  atUs: values.map((_, index) => index * 500_000),
  values: [...values],
});

const chartsOf = (...observed: ReturnType<typeof series>[]) => buildObservedCharts({ ...smallResult(), observed });

it('has none where nothing was observed', () => {
  expect(buildObservedCharts(smallResult())).toEqual([]);
});

it('gives each number a chart of its own, and those of another unit one for all', () => {
  const charts = chartsOf(
    series('w.memory', 'bytes', [1e6]),
    series('lag', 'number', [1]),
    series('w', 'cores', [0.5]),
    series('rows', 'number', [2]),
    series('db.memory', 'bytes', [2e6]),
    series('w.busiest', 'cores', [0.4]),
    series('in', 'perSecond', [9]),
  );
  expect(charts.map(({ title, unit, columns }) => [title, unit, columns.map(({ name }) => name)])).toEqual([
    ['Observed, lag', 'number', ['lag']],
    ['Observed, rows', 'number', ['rows']],
    ['Observed, per second', 'perSecond', ['in']],
    ['Observed, bytes', 'bytes', ['w.memory', 'db.memory']],
    ['Observed, CPU, share of a core', 'cores', ['w', 'w.busiest']],
  ]);
});

it('draws what was read, with a gap where nothing was', () => {
  const [chart] = chartsOf(series('lag', 'number', [3, null, 5]));
  expect(chart?.columns).toEqual([{ name: 'lag', atUs: [0, 500_000, 1_000_000], values: [3, null, 5] }]);
});

it('says below a chart whose it is, how often it was read, and what it came to', () => {
  // Measure begins at the first second: of what was read before it nothing counts.
  const { phases } = smallResult();
  const before = Array.from({ length: Math.ceil(phases.warmupEndUs / 500_000) }, () => 90);
  const [chart] = chartsOf(series('lag', 'number', [...before, 10, 30], 2), series('x', 'cores', [...before, 1, 1]));
  expect(chart?.note).toBe('lag (redis, every 500 ms): mean 20, max 30, last 30, 2 gaps');
});
