import { expect, it } from 'vitest';
import { describeChange } from './describe-change.ts';

const ENDLESS = Number.POSITIVE_INFINITY;

it.each([
  [8_000, 12_000, 1.5, '× 1.50'],
  [0, 12, ENDLESS, 'from 0'],
  [12, 0, 0, 'to 0'],
  [8_000, ENDLESS, ENDLESS, 'to endless'],
  [ENDLESS, 8_000, 0, 'from endless'],
  [0, ENDLESS, ENDLESS, 'to endless'],
  [0, 0, 1, '× 1.00'],
  [ENDLESS, ENDLESS, 1, '× 1.00'],
])('a level that goes from %d to %d is told as it is', (before, after, ratio, told) => {
  expect(describeChange({ index: 8, before, after, ratio, p: 0.001 })).toBe(told);
});
