import { doubledMidranks } from './midranks.ts';
import { rankSumDistribution } from './rank-sum-distribution.ts';

/**
 * The one-sided exact p-value of Mann and Whitney's test that values of `head` tend to be larger than those of `base`:
 *
 *     p = P(W ≥ w),   w = Σ of head's midranks among all values,
 *
 * over all C(n + m, m) ways to deal the observed midranks out, each as likely as any other where both sides are alike. Ties are
 * handled exactly, since the ranks dealt out are the tied ones. (Mann and Whitney, Ann. Math. Statist. 18, 1947; permutation
 * form with midranks: Lehmann, "Nonparametrics", 1975, section 1.4.)
 *
 * @returns p in (0, 1]; 1 where a side is empty
 */
export function mannWhitney(base: readonly number[], head: readonly number[]): number {
  if (base.length === 0 || head.length === 0) return 1;
  const ranks = doubledMidranks([...base, ...head]);
  const observed = ranks.slice(base.length).reduce((sum, rank) => sum + rank, 0);
  const ways = rankSumDistribution(ranks, head.length);
  let atLeast = 0;
  let all = 0;
  for (const [sum, count] of ways.entries()) {
    all += count;
    if (sum >= observed) atLeast += count;
  }
  return atLeast / all;
}

/**
 * The smallest count u of pairs with head above base for which P(U ≥ u) ≤ alpha without ties; null where even all n · m pairs
 * are not enough. U = W − m (m + 1) / 2.
 */
export function criticalCount(baseRuns: number, headRuns: number, alpha: number): number | null {
  const ranks = Array.from({ length: baseRuns + headRuns }, (_, index) => index + 1);
  const ways = rankSumDistribution(ranks, headRuns);
  const all = ways.reduce((sum, count) => sum + count, 0);
  const least = (headRuns * (headRuns + 1)) / 2;
  let atLeast = 0;
  let count = baseRuns * headRuns;
  while (count >= 0 && (atLeast + ways[least + count]!) / all <= alpha) atLeast += ways[least + count--]!;
  return count === baseRuns * headRuns ? null : count + 1;
}

/** The smallest p that so many runs can yield, where every value of head is above every one of base: 1 / C(n + m, m). */
export function smallestP(baseRuns: number, headRuns: number): number {
  let ways = 1;
  for (let index = 1; index <= headRuns; index++) ways = (ways * (baseRuns + index)) / index;
  return 1 / ways;
}
