import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planValueAxis } from './value-axis.ts';

const whole = { format: String, isWhole: true };

it('has round ticks at even distances, from the top down to 0', () => {
  expect(planValueAxis(1_198, 13, whole)).toEqual({
    top: 1200,
    rows: 13,
    labels: ['1200', '    ', '    ', '    ', ' 800', '    ', '    ', '    ', ' 400', '    ', '    ', '    ', '   0'],
  });
  expect(planValueAxis(7.93, 5, { format: String }).labels).toEqual(['8', ' ', '4', ' ', '0']);
});

it('counts what has no halves in whole steps', () => {
  expect(
    planValueAxis(3, 7, whole)
      .labels.map((label) => label.trim())
      .filter(Boolean),
  ).toEqual(['3', '2', '1', '0']);
  expect(
    planValueAxis(1, 9, whole)
      .labels.map((label) => label.trim())
      .filter(Boolean),
  ).toEqual(['1', '0']);
});

it('has an axis where there is nothing yet', () => {
  for (const most of [0, Number.NEGATIVE_INFINITY, Number.NaN])
    expect(planValueAxis(most, 5, whole)).toMatchObject({ top: 1, rows: 5 });
});

it('holds every value, fills at least two thirds of its rows, and has few significant digits at every tick', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), fc.integer({ min: 2, max: 60 }), (most, rows) => {
      const ticks: number[] = [];
      const axis = planValueAxis(most, rows, {
        format: (value) => {
          ticks.push(value);
          return '';
        },
      });
      expect(axis.top).toBeGreaterThanOrEqual(most * (1 - 1e-6));
      expect(axis.rows).toBeLessThanOrEqual(rows);
      expect(axis.rows).toBeGreaterThanOrEqual((rows * 2) / 3);
      expect(axis.labels).toHaveLength(axis.rows);
      for (const tick of ticks)
        expect(Math.abs(tick / Number(tick.toPrecision(3)) - 1) < 1e-9 || tick === 0).toBe(true);
    }),
  );
});
