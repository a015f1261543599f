import { describe, expect, it } from 'vitest';
import { randomUnit } from '../random.ts';
import { estimateSlope } from './robust-slope.ts';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
/** Sum of twelve uniform numbers less six: nearly normal, variance 1. */
const noise = (seed: number, index: number) =>
  range(12).reduce((sum, part) => sum + randomUnit(seed, 77, index * 12 + part), -6);

describe('the slope of points', () => {
  it('on a line is the line’s, and certain', () => {
    expect(
      estimateSlope(
        range(20),
        range(20).map((x) => 3 - 2 * x),
      ),
    ).toEqual({ slope: -2, low: -2, high: -2 });
  });

  it('of points that are all equal is none, and certain', () => {
    expect(
      estimateSlope(
        range(20),
        range(20).map(() => 7),
      ),
    ).toEqual({ slope: 0, low: 0, high: 0 });
  });

  it('is not moved by a quarter of them that lie anywhere', () => {
    const ys = range(40).map((x) => (x % 4 === 1 ? 1e6 * randomUnit(1, 77, x) : 5 + 0.5 * x));
    expect(estimateSlope(range(40), ys)?.slope).toBeCloseTo(0.5, 1);
  });

  it('and its interval are those of another implementation (SciPy 1.17, theilslopes, alpha 0.99)', () => {
    const ys = [12.1, 9.7, 11.4, 14.9, 10.2, 13.8, 15.6, 12.7, 17.3, 14.1, 16.8, 18.9, 15.2, 19.7, 17.9, 21.4];
    const found = estimateSlope(range(16), ys);
    expect(found?.slope).toBeCloseTo(0.6225, 6);
    // Ranks that fall between two slopes are rounded outwards here, to the nearest there.
    expect(found?.low).toBeLessThanOrEqual(0.27273);
    expect(found?.low).toBeGreaterThan(0.27273 - 0.03);
    expect(found?.high).toBeGreaterThanOrEqual(0.98333);
    expect(found?.high).toBeLessThan(0.98333 + 0.04);
  });

  it('is not told of four points', () => {
    expect(estimateSlope(range(4), range(4))).toBeNull();
  });
});

describe('the interval', () => {
  const RUNS = 200;
  const covered = (series: (seed: number) => readonly number[]) =>
    range(RUNS).filter((seed) => {
      const found = estimateSlope(range(60), series(seed))!;
      return found.low <= 0.3 && found.high >= 0.3;
    }).length / RUNS;

  it('has the true slope in it 99 times of 100, whatever the noise is', () => {
    expect(covered((seed) => range(60).map((x) => 0.3 * x + 4 * noise(seed, x)))).toBeGreaterThanOrEqual(0.98);
    // Cubed: far more far away than normal noise has.
    expect(covered((seed) => range(60).map((x) => 0.3 * x + noise(seed, x) ** 3))).toBeGreaterThanOrEqual(0.98);
  });

  // Without regard to it, the slope would be in it 84 times of 100.
  it('is nearly wide enough where each point takes half of its deviation from the one before', () => {
    const wandering = (seed: number) => {
      let deviation = 0;
      return range(60).map((x) => {
        deviation = 0.5 * deviation + noise(seed, x);
        return 0.3 * x + deviation;
      });
    };
    expect(covered(wandering)).toBeGreaterThanOrEqual(0.92);
  });

  it('is narrow enough to tell a slope that the noise does not hide', () => {
    const found = estimateSlope(
      range(60),
      range(60).map((x) => 0.1 * x + noise(5, x)),
    )!;
    expect(found.low).toBeGreaterThan(0);
    expect(found.high).toBeLessThan(0.2);
  });
});
