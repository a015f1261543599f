import { describe, expect, test } from 'vitest';
import { findKnee } from './find-knee.ts';
import { sizeFleet } from './size-fleet.ts';

test('the knee of an M/M/1 queue lies at half of its capacity', () => {
  // T = 1 / (µ − λ): power λ(µ − λ) is largest at λ = µ / 2.
  const capacity = 1000;
  const points = Array.from({ length: 19 }, (_, step) => {
    const throughput = (capacity * (step + 1)) / 20;
    return { throughput, latencyUs: 1e6 / (capacity - throughput) };
  });
  expect(points[findKnee(points)!]!.throughput).toBe(500);
});

describe('there is a knee only between points that were tried', () => {
  const of = (...points: readonly (readonly [throughput: number, latencyUs: number])[]) =>
    findKnee(points.map(([throughput, latencyUs]) => ({ throughput, latencyUs })));
  const LOST = Number.POSITIVE_INFINITY;

  test.each([
    ['no points', of(), null],
    ['one', of([10, 100]), null],
    ['two', of([10, 100], [20, 900]), null],
    ['all of which lost deliveries', of([10, LOST], [20, LOST], [30, LOST]), null],
    ['the highest power at the first', of([10, 100], [20, 900], [30, 9000]), null],
    ['the highest power at the last', of([10, 100], [20, 110], [30, 120]), null],
    ['the highest power in the middle', of([10, 100], [20, 110], [30, 9000]), 1],
    ['deliveries lost beyond it', of([10, 100], [20, 110], [1e6, LOST]), 1],
    ['nothing delivered at all', of([0, 100], [0, 100], [0, 100]), null],
  ])('%s', (_, knee, index) => expect(knee).toBe(index));
});

test.each([
  [100_000, 5000, 30],
  [100_000, 30_000, 5],
  [5000, 5000, 2],
  [1, 5000, 1],
  // 10 / 3 × 1.5 is 5 exactly; floating point must not make it 6.
  [10, 3, 5],
])('%i expected at %i an instance need %i instances', (expected, perInstance, count) => {
  const fleet = { expected, connections: 4 * perInstance, gateways: 4, ratePerConnection: null, held: perInstance };
  expect(sizeFleet(fleet)).toMatchObject({ perInstance, instances: count });
});
