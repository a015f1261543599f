import { expect, it } from 'vitest';
import { smallResult } from '../../testing/small-result.ts';
import { compareObserved } from './compare-observed.ts';
import { sampleRun } from './run-sample.ts';

const series = (name: string, most: number) => ({
  name,
  unit: 'number' as const,
  source: 'redis' as const,
  intervalMs: 1000,
  gaps: 0,
  trouble: null,
  atUs: [500_000, 1_500_000, 2_500_000],
  // What was in warm-up does not count.
  values: [most * 10, most - 1, most],
});
const run = (...most: number[]) =>
  sampleRun(smallResult({ run: { observed: most.map((value, index) => series(`s${index}`, value)) } }), []);

it('sets the most of each run of both sides against each other, by name', () => {
  expect(compareObserved([run(5), run(9), run(6)], [run(7, 3)])).toEqual([
    { name: 's0', unit: 'number', base: { median: 6, least: 5, most: 9 }, head: { median: 7, least: 7, most: 7 } },
    { name: 's1', unit: 'number', base: null, head: { median: 3, least: 3, most: 3 } },
  ]);
});

it('says nothing where nothing was observed', () => {
  expect(compareObserved([sampleRun(smallResult(), [])], [sampleRun(smallResult(), [])])).toEqual([]);
});
