import { randomBelow } from '../../random.ts';
import { median } from './median.ts';
import { doubledMidranks } from './midranks.ts';

export interface ChangePoint {
  /** The first value after the change. */
  readonly index: number;
  /** Of the permutation test. */
  readonly p: number;
}

const PERMUTATIONS = 999;
const ALPHA = 0.01;
/** Values on each side of a change: fewer are outliers, not a level. */
const SHORTEST = 4;
const SEED = 20_261_122;

/**
 * Where the level of a series changes, ascending: binary segmentation by Pettitt's rank statistic
 *
 *     K = max over k of |U(k)|,   U(k) = 2 · Σ_{i ≤ k} rᵢ − k · (n + 1)
 *
 * (rᵢ the midrank of value i among the n of the segment; Pettitt, Appl. Statist. 28, 1979), its p-value from 999 seeded
 * permutations of the ranks instead of the approximation, which is poor for short series. Where p ≤ α (0.01), the segment is cut
 * and both parts are looked at again. Ranks make the test deaf to single outliers, however far out; but K lies off the step where
 * the parts are of unequal length, so the cut is where both parts vary least about their medians (least absolute deviations).
 */
export function findChangePoints(values: readonly number[], alpha: number = ALPHA): readonly ChangePoint[] {
  return cut(values, 0, alpha);
}

/**
 * The same of several series, with at most 1 % of false alarms among all of them: Holm's method over the tests of the whole series.
 * One that is found to change at step i of k is cut at α / (k − i), and its p-values are multiplied by as much.
 */
export function findChangePointsOfAll(series: readonly (readonly number[])[]): readonly (readonly ChangePoint[])[] {
  const ps = series.map((values) => testWhole(values, 0));
  const order = series.map((_, index) => index).sort((one, other) => ps[one]! - ps[other]!);
  const found: (readonly ChangePoint[])[] = series.map(() => []);
  for (const [step, index] of order.entries()) {
    const left = series.length - step;
    if (ps[index]! > ALPHA / left) break;
    found[index] = findChangePoints(series[index]!, ALPHA / left).map((point) => ({ ...point, p: point.p * left }));
  }
  return found;
}

function cut(values: readonly number[], offset: number, alpha: number): readonly ChangePoint[] {
  const p = testWhole(values, offset);
  if (p > alpha) return [];
  const at = quietestCut(values);
  return [
    ...cut(values.slice(0, at), offset, alpha),
    { index: offset + at, p },
    ...cut(values.slice(at), offset + at, alpha),
  ];
}

/** The p-value that the level changes anywhere; 1 where there are too few values to tell. */
function testWhole(values: readonly number[], offset: number): number {
  if (values.length < 2 * SHORTEST) return 1;
  const ranks = doubledMidranks(values);
  const strength = strongestCut(ranks);
  let asStrong = 0;
  for (let draw = 0; draw < PERMUTATIONS; draw++) {
    if (strongestCut(permute(ranks, offset, draw)) >= strength) asStrong++;
  }
  return (asStrong + 1) / (PERMUTATIONS + 1);
}

/** K, over all cuts that leave both parts long enough. Ranks are doubled, and so is U. */
function strongestCut(ranks: readonly number[]): number {
  const n = ranks.length;
  let sum = 0;
  let strength = -1;
  for (let k = 1; k <= n - SHORTEST; k++) {
    sum += ranks[k - 1]!;
    if (k >= SHORTEST) strength = Math.max(strength, Math.abs(sum - k * (n + 1)));
  }
  return strength;
}

/** The cut after which both parts differ least from their own medians, the earliest of equals. */
function quietestCut(values: readonly number[]): number {
  const highest = values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, value) : most), 0);
  // What is endless counts as twice the largest: beyond everything, and no more than that.
  const bounded = values.map((value) => (Number.isFinite(value) ? value : 2 * highest));
  let at = SHORTEST;
  let least = Number.POSITIVE_INFINITY;
  for (let k = SHORTEST; k <= bounded.length - SHORTEST; k++) {
    const spread = deviation(bounded.slice(0, k)) + deviation(bounded.slice(k));
    if (spread < least) {
      least = spread;
      at = k;
    }
  }
  return at;
}

function deviation(values: readonly number[]): number {
  const middle = median(values);
  return values.reduce((sum, value) => sum + Math.abs(value - middle), 0);
}

/** Fisher and Yates' shuffle, of a copy. */
function permute(ranks: readonly number[], offset: number, draw: number): readonly number[] {
  const shuffled = [...ranks];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const chosen = randomBelow(SEED + offset, draw, last, last + 1);
    [shuffled[last], shuffled[chosen]] = [shuffled[chosen]!, shuffled[last]!];
  }
  return shuffled;
}
