import { expect, it } from 'vitest';
import { drawChart } from './draw-chart.ts';

const label = (value: number) => String(Math.round(value));

it('draws from zero up to the largest value', () => {
  expect(drawChart([0, 2, 4, 0], { columns: 20, height: 4 }, label)).toEqual([
    ' 4┤ ╭╮',
    ' 3┤ ││',
    ' 2┤╭╯│',
    ' 1┤│ │',
    ' 0┤╯ ╰',
  ]);
});

it('keeps a peak of one sample when there are more values than columns', () => {
  const values = new Array<number>(5_000).fill(0).with(2_503, 90);
  const lines = drawChart(values, { columns: 40, height: 3 }, label);
  expect(lines[0]).toMatch(/^90┤ +╭╮$/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
});

it('draws nothing without values and a flat line for zeros', () => {
  expect(drawChart([], { columns: 40, height: 3 }, label)).toEqual([]);
  expect(drawChart([0, 0, 0], { columns: 40, height: 1 }, label).at(-1)).toBe(' 0┤──');
});
