import { expect, it } from 'vitest';
import { detectableRatio } from './detectable-ratio.ts';

const RULE = { baseRuns: 9, headRuns: 9, alpha: 0.005, leastRatio: 1.1, leastDifference: 0 };
const spread = (share: number) => Array.from({ length: 9 }, (_, index) => 1000 * (1 + (share * (index - 4)) / 4));

it('is the tolerance where runs hardly differ, and grows with their spread', () => {
  const ratios = [0.001, 0.1, 0.4].map((share) => detectableRatio(spread(share), RULE)!);
  expect(ratios[0]).toBeCloseTo(1.1, 2);
  expect(ratios[1]).toBeGreaterThan(ratios[0]!);
  expect(ratios[2]).toBeGreaterThan(1.2);
});

it('shrinks with more runs', () => {
  const few = detectableRatio(spread(0.4), { ...RULE, baseRuns: 5, headRuns: 5 })!;
  const many = detectableRatio(spread(0.4), { ...RULE, baseRuns: 15, headRuns: 15 })!;
  expect(many).toBeLessThan(few);
});

it('respects the floor: 1 ms on runs of 1 ms is a doubling', () => {
  expect(detectableRatio(spread(0.001), { ...RULE, leastDifference: 1000 })).toBeCloseTo(2, 1);
});

it('is the same every time', () => {
  const once = detectableRatio(spread(0.3), RULE);
  expect(detectableRatio(spread(0.3), RULE)).toBe(once);
});

it('is unknown where the test can never speak, or where one run tells no spread', () => {
  expect(detectableRatio(spread(0.1), { ...RULE, baseRuns: 3, headRuns: 3 })).toBeNull();
  expect(detectableRatio([1000], RULE)).toBeNull();
  expect(detectableRatio([1000, Number.POSITIVE_INFINITY], RULE)).toBeNull();
});
