import { median } from './median.ts';
import { rankSumDistribution } from './rank-sum-distribution.ts';

/** How much larger head is than base. */
export interface Shift {
  /** Hodges–Lehmann estimate of head ÷ base. */
  readonly ratio: number;
  /** Confidence interval of the ratio; null where so few runs cannot give one. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Hodges–Lehmann estimate of head − base, in the values' unit. */
  readonly difference: number;
}

/**
 * The Hodges–Lehmann shift between two samples:
 *
 *     difference = median over all i, j of (headⱼ − baseᵢ)
 *     ratio      = exp(median over all i, j of (ln headⱼ − ln baseᵢ))
 *
 * and the interval that inverts the exact Mann–Whitney test: from the k-th smallest to the k-th largest ratio, with the largest k
 * for which P(U < k) ≤ (1 − confidence) / 2. (Hodges and Lehmann, Ann. Math. Statist. 34, 1963; Hollander and Wolfe,
 * "Nonparametric Statistical Methods", section 4.3.)
 *
 * Two endless values are alike. Both sides need a value, each ≥ 0.
 */
export function estimateShift(base: readonly number[], head: readonly number[], confidence = 0.95): Shift {
  const logRatios = pairs(base, head, (from, to) => logRatio(from, to));
  const differences = pairs(base, head, (from, to) => (from === to ? 0 : to - from));
  const outside = ranksOutside(base.length, head.length, (1 - confidence) / 2);
  const sorted = Float64Array.from(logRatios).sort();
  return {
    ratio: Math.exp(median(logRatios)),
    difference: median(differences),
    interval: outside === 0 ? null : [Math.exp(sorted[outside - 1]!), Math.exp(sorted[sorted.length - outside]!)],
  };
}

/** Where everything takes no time there is no ratio to speak of. */
function logRatio(from: number, to: number): number {
  return from === to ? 0 : Math.log(to) - Math.log(from);
}

function pairs(
  base: readonly number[],
  head: readonly number[],
  combine: (from: number, to: number) => number,
): readonly number[] {
  return base.flatMap((from) => head.map((to) => combine(from, to)));
}

/** The largest k with P(U < k) ≤ tail, U being the Mann–Whitney count without ties; 0 where there is none. */
function ranksOutside(n: number, m: number, tail: number): number {
  const ways = rankSumDistribution(
    Array.from({ length: n + m }, (_, index) => index + 1),
    m,
  );
  const least = (m * (m + 1)) / 2;
  const all = ways.reduce((sum, count) => sum + count, 0);
  let below = 0;
  let k = 0;
  while (k <= n * m && (below + ways[least + k]!) / all <= tail) {
    below += ways[least + k]!;
    k++;
  }
  return k;
}
