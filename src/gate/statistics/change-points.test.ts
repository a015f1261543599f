import { describe, expect, it } from 'vitest';
import { randomUnit } from '../../random.ts';
import { findChangePoints, findChangePointsOfAll } from './change-points.ts';

/** Values around the levels, each for so many runs, with noise of ±`noise` of the level. */
function series(levels: readonly (readonly [level: number, runs: number])[], noise: number, seed = 1): number[] {
  const plain = levels.flatMap(([level, runs]) => Array.from({ length: runs }, () => level));
  return plain.map((level, index) => level * (1 + noise * (2 * randomUnit(seed, 99, index) - 1)));
}

const indices = (values: readonly number[]) => findChangePoints(values).map(({ index }) => index);

describe('change points', () => {
  it('are found within one run of a step, up or down', () => {
    expect(
      indices(
        series(
          [
            [10, 12],
            [15, 12],
          ],
          0.1,
        ),
      ),
    ).toEqual([12]);
    expect(
      indices(
        series(
          [
            [15, 20],
            [10, 8],
          ],
          0.1,
        ),
      ),
    ).toEqual([20]);
    const [found, ...others] = indices(
      series(
        [
          [10, 15],
          [13, 15],
        ],
        0.2,
      ),
    );
    expect(Math.abs(found! - 15)).toBeLessThanOrEqual(1);
    expect(others).toEqual([]);
  });

  it('are found one by one where there are several steps', () => {
    expect(
      indices(
        series(
          [
            [10, 12],
            [20, 12],
            [12, 12],
          ],
          0.05,
        ),
      ),
    ).toEqual([12, 24]);
  });

  it('are hardly ever found where there is no step: at most in 3 of 100 series of noise', () => {
    const alarms = Array.from({ length: 100 }, (_, seed) => indices(series([[10, 30]], 0.3, seed))).filter(
      (found) => found.length > 0,
    );
    expect(alarms.length).toBeLessThanOrEqual(3);
  });

  it('are not made by outliers, nor by values that are all equal, nor by too few', () => {
    const values = series([[10, 24]], 0.1);
    values[7] = 500;
    values[19] = Number.POSITIVE_INFINITY;
    expect(indices(values)).toEqual([]);
    expect(indices(Array.from({ length: 20 }, () => 5))).toEqual([]);
    expect(indices([1, 1, 1, 9, 9, 9])).toEqual([]);
    expect(indices([])).toEqual([]);
  });

  it('are the same every time', () => {
    const values = series(
      [
        [10, 12],
        [15, 12],
      ],
      0.3,
    );
    expect(findChangePoints(values)).toEqual(findChangePoints(values));
  });
});

describe('change points of several series', () => {
  it('are hardly ever found where none has a step: at most in 4 of 200 histories of five series', () => {
    const histories = Array.from({ length: 200 }, (_, history) =>
      Array.from({ length: 5 }, (_, index) => series([[10, 16]], 0.3, 1000 + 5 * history + index)),
    );
    const alarms = (found: (history: number[][]) => boolean) => histories.filter(found).length;
    expect(alarms((all) => findChangePointsOfAll(all).some((points) => points.length > 0))).toBeLessThanOrEqual(4);
    expect(alarms((all) => all.some((values) => indices(values).length > 0))).toBeGreaterThan(4);
  });

  it('are those of the series that has steps, with a p that is adjusted', () => {
    const noise = [1, 2, 3].map((seed) => series([[10, 24]], 0.1, seed));
    const step = series(
      [
        [10, 12],
        [20, 12],
      ],
      0.1,
    );
    const [first, second, ...others] = findChangePointsOfAll([noise[0]!, step, ...noise.slice(1)]);
    expect([first, ...others]).toEqual([[], [], []]);
    expect(second).toEqual([{ index: 12, p: expect.closeTo(0.004, 6) }]);
  });
});
