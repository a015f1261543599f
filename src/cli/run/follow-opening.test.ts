import { expect, it } from 'vitest';
import { followOpening } from './follow-opening.ts';

const MS = 1000;

it('adds up what all shards have opened, and takes the rate over the last second', () => {
  const opening = followOpening(7_000 * MS);
  expect(opening.add(0, 500, 7_250 * MS)).toEqual({ connected: 500, openedPerSecond: 2_000, elapsedUs: 250 * MS });
  expect(opening.add(1, 700, 7_300 * MS)).toBeNull();
  expect(opening.add(0, 900, 7_500 * MS)).toEqual({ connected: 1_600, openedPerSecond: 3_200, elapsedUs: 500 * MS });
  opening.add(0, 1_000, 8_000 * MS);
  expect(opening.add(1, 1_100, 8_500 * MS)).toEqual({ connected: 2_100, openedPerSecond: 500, elapsedUs: 1_500 * MS });
});

it('tells a rate of none where nothing opens any more', () => {
  const opening = followOpening(0);
  for (let atMs = 250; atMs <= 2_000; atMs += 250) opening.add(0, 40, atMs * MS);
  expect(opening.add(0, 40, 2_250 * MS)?.openedPerSecond).toBe(0);
});
