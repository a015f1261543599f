import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateShift } from './hodges-lehmann.ts';
import { adjustByHolm } from './holm.ts';
import { criticalCount, mannWhitney, smallestP } from './mann-whitney.ts';
import { doubledMidranks } from './midranks.ts';

/** Few distinct values, so that ties are common; Infinity stands for a run that lost too much. */
const value = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(Number.POSITIVE_INFINITY));
const sample = fc.array(value, { minLength: 1, maxLength: 5 });

/** Every way to choose `size` of the indices 0 … n − 1. */
function choices(n: number, size: number): number[][] {
  if (size === 0) return [[]];
  if (n < size) return [];
  return [...choices(n - 1, size), ...choices(n - 1, size - 1).map((chosen) => [...chosen, n - 1])];
}

/** Pairs in which head is above base, ties counting half: the statistic itself, without ranks. */
function countAbove(base: readonly number[], head: readonly number[]): number {
  let count = 0;
  for (const from of base) for (const to of head) count += to > from ? 1 : to === from ? 0.5 : 0;
  return count;
}

describe('the exact Mann–Whitney test', () => {
  it('agrees with dealing all values out in every possible way', () => {
    fc.assert(
      fc.property(sample, sample, (base, head) => {
        const all = [...base, ...head];
        const observed = countAbove(base, head);
        const deals = choices(all.length, head.length);
        const asExtreme = deals.filter((chosen) => {
          const isHead = (index: number) => chosen.includes(index);
          return (
            countAbove(
              all.filter((_, index) => !isHead(index)),
              all.filter((_, index) => isHead(index)),
            ) >= observed
          );
        });
        expect(mannWhitney(base, head)).toBeCloseTo(asExtreme.length / deals.length, 12);
      }),
    );
  });

  it('depends on the order of values alone', () => {
    fc.assert(
      fc.property(sample, sample, (base, head) => {
        const stretch = (values: readonly number[]) => values.map((each) => each ** 3 + 7);
        expect(mannWhitney(stretch(base), stretch(head))).toBe(mannWhitney(base, head));
      }),
    );
  });

  it.each([
    // Two against three, all larger: one of C(5, 2) = 10 deals. Five against five: one of 252.
    [[1, 2, 3], [4, 5], 1 / 10],
    [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 1 / 252],
    [[4, 5], [1, 2, 3], 1],
    [[7, 7, 7], [7, 7], 1],
    // Ranks 1, 2.5, 2.5, 4: head has 2.5 + 4, which 2 of 6 deals reach.
    [[1, 2], [2, 3], 2 / 6],
    [[], [1], 1],
  ])('%j against %j has p = %d', (base, head, p) => expect(mannWhitney(base, head)).toBeCloseTo(p, 15));

  it('has the critical counts of the textbook', () => {
    // One-sided 5 %: at most 21 of 81 pairs the other way for nine against nine, 4 of 25 for five against five.
    expect(criticalCount(9, 9, 0.05)).toBe(81 - 21);
    expect(criticalCount(5, 5, 0.05)).toBe(25 - 4);
    expect(criticalCount(5, 5, 1 / 252)).toBe(25);
    expect(criticalCount(4, 4, 0.01)).toBeNull();
  });

  it('can yield no less than where both sides are apart', () => {
    expect(smallestP(5, 5)).toBeCloseTo(1 / 252, 15);
    expect(smallestP(9, 9)).toBeCloseTo(1 / 48_620, 15);
    expect(smallestP(1, 1)).toBe(0.5);
  });
});

it('midranks share the mean of the ranks of equal values', () => {
  expect(doubledMidranks([30, 10, 20, 20, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toEqual([
    8, 2, 5, 5, 11, 11,
  ]);
});

describe("Holm's adjustment", () => {
  it('multiplies from the smallest on by what is left, and never lets a larger one become smaller', () => {
    expect(adjustByHolm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(adjustByHolm([0.5, 0.004])).toEqual([0.5, 0.008]);
    expect(adjustByHolm([0.9, 0.8])).toEqual([1, 1]);
    expect(adjustByHolm([])).toEqual([]);
  });

  it('is never below the value itself, nor above that of Bonferroni', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }), (pValues) => {
        for (const [index, adjusted] of adjustByHolm(pValues).entries()) {
          expect(adjusted).toBeGreaterThanOrEqual(pValues[index]!);
          expect(adjusted).toBeLessThanOrEqual(Math.min(1, pValues[index]! * pValues.length));
        }
      }),
    );
  });
});

describe('the Hodges–Lehmann shift', () => {
  it('is the factor and the distance by which a sample was moved', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 100, max: 9000 }), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 5 }),
        (base, factor) => {
          const head = base.map((each) => each * factor);
          expect(estimateShift(base, head).ratio).toBeCloseTo(factor, 9);
          const moved = base.map((each) => each + factor);
          expect(estimateShift(base, moved).difference).toBeCloseTo(factor, 9);
        },
      ),
    );
  });

  it('has the interval of the textbook: nine against nine leave out 17 ratios at each end for 95 %', () => {
    // Critical value of U for n = m = 9, two-sided 5 %: 17. All 81 ratios are distinct powers of two.
    const base = Array.from({ length: 9 }, () => 1);
    const head = Array.from({ length: 9 }, (_, index) => 2 ** index);
    const [low, high] = estimateShift(base, head).interval!;
    // Each power of two occurs nine times: the 18th smallest is 2^1, the 18th largest 2^7.
    expect([low, high]).toEqual([expect.closeTo(2, 9), expect.closeTo(128, 9)]);
    expect(estimateShift([1], [2]).interval).toBeNull();
  });

  it('knows what is endless', () => {
    const endless = Number.POSITIVE_INFINITY;
    expect(estimateShift([1, 1], [endless, endless])).toMatchObject({ ratio: endless, difference: endless });
    expect(estimateShift([endless], [endless])).toMatchObject({ ratio: 1, difference: 0 });
  });
});
