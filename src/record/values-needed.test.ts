import { expect, it } from 'vitest';
import { valuesNeeded } from './values-needed.ts';

it('is 1 / (1 − q)', () => {
  expect([50, 90, 95, 99, 99.9].map(valuesNeeded)).toEqual([2, 10, 20, 100, 1_000]);
});
