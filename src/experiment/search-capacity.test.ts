import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FoundCapacity, type SearchRange, searchCapacity } from './search-capacity.ts';

const RANGE: SearchRange = { from: 100, to: 100_000, precision: 0.1, granularity: 1 };

/** Runs a search against a system that answers by `hold`. */
function run(
  range: SearchRange,
  hold: (value: number, trial: number) => boolean,
): FoundCapacity & { trials: number[] } {
  const search = searchCapacity(range);
  const trials: number[] = [];
  let step = search.next();
  while (!step.done) {
    expect(trials.length).toBeLessThan(200);
    trials.push(step.value);
    step = search.next(hold(step.value, trials.length));
  }
  return { ...step.value, trials };
}

describe('the search for a capacity', () => {
  test('finds what a system can do, within the precision and never above it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 99_999 }), (truth) => {
        const found = run(RANGE, (value) => value <= truth);
        expect(found.value).toBeLessThanOrEqual(truth);
        expect(found.failedAt!).toBeGreaterThan(truth);
        expect(found.failedAt! - found.value!).toBeLessThanOrEqual(Math.max(1, 0.1 * found.value!));
        expect(found.trials.length).toBeLessThanOrEqual(2 * (10 + 1 + 4) + 1);
      }),
    );
  });

  test('is not misled by single trials that fail by accident', () => {
    // Each value fails at its first trial only.
    const seen = new Set<number>();
    const found = run(RANGE, (value, trial) => {
      const isFirst = !seen.has(value);
      seen.add(value);
      return value <= 5000 && (!isFirst || trial % 2 === 0);
    });
    expect(found.value).toBeGreaterThan(5000 / 1.1);
  });

  test('takes back what does not hold when it is confirmed', () => {
    let confirmations = 0;
    const found = run(RANGE, (value, trial) => {
      if (value > 5000) return false;
      const isConfirmation = trial > 20 && confirmations++ === 0;
      return !isConfirmation;
    });
    expect(found.value).toBeLessThan(5000);
    expect(found.value).toBeGreaterThan(5000 / 1.1 ** 3);
  });

  test('yields nothing where not even the first value holds, and the end of the range where all do', () => {
    expect(run(RANGE, () => false)).toEqual({ value: null, failedAt: 100, trials: [100, 100] });
    expect(run(RANGE, () => true)).toMatchObject({ value: 100_000, failedAt: null });
    expect(run({ ...RANGE, to: 100 }, () => true).trials).toEqual([100, 100]);
  });

  test('tries multiples of the granularity only', () => {
    const { trials } = run({ ...RANGE, from: 2, to: 1001, granularity: 2 }, (value) => value <= 77);
    for (const value of trials) expect(value % 2).toBe(0);
  });

  test('never tries what lies outside of its range, whatever the granularity', () => {
    const ranges = fc
      .record({
        from: fc.integer({ min: 1, max: 500 }),
        more: fc.nat(3000),
        granularity: fc.integer({ min: 1, max: 60 }),
      })
      .filter(({ from, more, granularity }) => Math.floor((from + more) / granularity) * granularity >= from);
    fc.assert(
      fc.property(ranges, fc.nat(4000), ({ from, more, granularity }, truth) => {
        const { trials, value } = run(
          { from, to: from + more, precision: 0.1, granularity },
          (tried) => tried <= truth,
        );
        expect(Math.min(...trials)).toBeGreaterThanOrEqual(from);
        expect(Math.max(...trials)).toBeLessThanOrEqual(from + more);
        expect(value ?? 0).toBeLessThanOrEqual(truth);
      }),
    );
    expect(run({ ...RANGE, from: 3, to: 1001, granularity: 2 }, () => true).value).toBe(1000);
    expect(run({ ...RANGE, from: 0.3, to: 0.7, granularity: 0.1 }, () => true).value).toBeCloseTo(0.7, 9);
  });
});
