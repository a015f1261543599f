import { expect, it } from 'vitest';
import { drawTimeTicks } from './time-ticks.ts';

it('names round times where they are, and the end', () => {
  expect(drawTimeTicks(33e6, 66)).toBe('0         5 s       10 s      15 s      20 s      25 s        33 s');
  expect(drawTimeTicks(3 * 3600e6, 36)).toBe('0           1 h         2 h      3 h');
});

it('fits any width', () => {
  for (let columns = 1; columns < 120; columns++) {
    for (const spanUs of [1e6, 33e6, 95e6, 3600e6, 7 * 86_400e6])
      expect(drawTimeTicks(spanUs, columns).length).toBeLessThanOrEqual(Math.max(columns, 1));
  }
});
