import { expect, it } from 'vitest';
import { valuesNeeded } from './values-needed.ts';

it('is 1 / (1 − q)', () => {
  expect([50, 75, 90, 95, 99, 99.9, 99.99].map(valuesNeeded)).toEqual([2, 4, 10, 20, 100, 1_000, 10_000]);
});

it('is rounded up, so that one value does lie beyond', () => {
  expect([10, 33, 97].map(valuesNeeded)).toEqual([2, 2, 34]);
});
