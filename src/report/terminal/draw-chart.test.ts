import { expect, it } from 'vitest';
import { drawChart, largestPerColumn } from './draw-chart.ts';
import { planValueAxis } from './value-axis.ts';

const axisTo = (most: number, rows: number) => planValueAxis(most, rows, { format: String, isWhole: true });

it('draws from zero up to the largest value', () => {
  expect(drawChart(axisTo(4, 5), [{ values: [0, 2, 4, 4, 0] }], 5)).toEqual([
    '4┤  ╭─╮',
    ' ┤  │ │',
    '2┤ ╭╯ │',
    ' ┤ │  │',
    '0┤─╯  ╰',
  ]);
});

it('leaves a gap where there is no value: none is no zero, and no line crosses it', () => {
  expect(drawChart(axisTo(2, 3), [{ values: [2, null, null, 0, 1] }], 5)).toEqual(['2┤─', ' ┤    ╭', '0┤   ─╯']);
});

it('lays a later line over those before it, tells them apart without colour, and marks what happened where it is free', () => {
  const lines = [
    { values: [2, 2, 2, 2], isDashed: true },
    { values: [0, 0, 2, 2], paint: (text: string) => (text === '─' ? '=' : text) },
  ];
  expect(drawChart(axisTo(2, 3), lines, 4, { columns: [1], paint: (text) => text })).toEqual([
    '2┤┄┄╭=',
    ' ┤ ┊│',
    '0┤==╯',
  ]);
});

it('keeps a peak of one sample when there are more values than columns', () => {
  const values = new Array<number>(5_000).fill(0).with(2_503, 90);
  const columns = largestPerColumn(values, 40);
  expect(columns).toHaveLength(40);
  expect(columns.filter((value) => value === 90)).toHaveLength(1);
  expect(largestPerColumn([1, 2], 40)).toEqual([1, 2]);
});
