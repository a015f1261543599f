/**
 * How many of all choices of `size` ranks have which sum: `ways[s]` choices add up to s. Exact up to 2^53 choices and to 16
 * digits beyond, by the recurrence
 *
 *     ways(k, s) over ranks r₁ … rᵢ = ways(k, s) over r₁ … rᵢ₋₁ + ways(k − 1, s − rᵢ) over r₁ … rᵢ₋₁
 *
 * (the permutation distribution of the rank-sum statistic given the ties; Lehmann, "Nonparametrics", 1975, section 1.4;
 * Streitberg and Röhmel, 1986, for the recurrence over arbitrary integer scores).
 *
 * @param ranks  non-negative integers, such as doubled midranks
 */
export function rankSumDistribution(ranks: readonly number[], size: number): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(total + 1));
  ways[0]![0] = 1;
  let reached = 0;
  for (const [index, rank] of ranks.entries()) {
    // From the largest choice down: each rank is used once at most.
    for (let chosen = Math.min(size, index + 1); chosen >= 1; chosen--) {
      const from = ways[chosen - 1]!;
      const to = ways[chosen]!;
      for (let sum = reached; sum >= 0; sum--) to[sum + rank]! += from[sum]!;
    }
    reached += rank;
  }
  return ways[size]!;
}
