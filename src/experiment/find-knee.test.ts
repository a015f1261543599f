import { expect, test } from 'vitest';
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

test('a point that lost deliveries is never the knee, and no points have none', () => {
  const lossy = { throughput: 1e6, latencyUs: Number.POSITIVE_INFINITY };
  expect(findKnee([{ throughput: 10, latencyUs: 100 }, lossy])).toBe(0);
  expect(findKnee([])).toBeNull();
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
