import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { leastOf, mostOf } from './extremes.ts';
import { shortestPlateauUs } from './record/queue-depths.ts';
import { largestPerColumn } from './report/terminal/draw-chart.ts';
import { drawSparkline } from './report/terminal/draw-sparkline.ts';

/** Samples of the queue over a week. */
const WEEK = 168 * 36_000;

describe('extremes', () => {
  it('are those of Math, also of values without end', () => {
    for (const values of [[3, -2, 7], [Number.POSITIVE_INFINITY, 0], [Number.NaN, 1], [1, Number.NaN, 5], []]) {
      expect(leastOf(values)).toBe(Math.min(...values));
      expect(mostOf(values)).toBe(Math.max(...values));
      expect(mostOf(values, 1)).toBe(Math.max(1, ...values));
      expect(leastOf(values, 1)).toBe(Math.min(1, ...values));
    }
  });

  it('overflow nothing after a week', () => {
    const atUs = Array.from({ length: WEEK }, (_, index) => index * 100_000);
    const ready = atUs.map((_, index) => index % 7);
    expect(mostOf(ready)).toBe(6);
    expect(shortestPlateauUs({ intervalMs: 100, atUs, ready, inFlight: [] })).toBe(100_000);
    expect(mostOf(largestPerColumn(ready, 40))).toBe(6);
    expect(drawSparkline(ready, ready.length)).toHaveLength(WEEK);
  });
});

it('nothing spreads an array into Math, whatever its length is today', () => {
  const source = new URL('.', import.meta.url).pathname;
  const files = globSync('**/*.{ts,tsx}', { cwd: source }).filter((file) => !/\.test\.tsx?$/.test(file));
  const spread = files.filter((file) =>
    /Math\.(min|max)\((?:[^()]|\([^()]*\))*?\.\.\./.test(readFileSync(source + file, 'utf8')),
  );
  expect(spread).toEqual([]);
});
