/** A slope, and between what it lies. Per unit of x. */
export interface SlopeEstimate {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

/** Two-sided 99 %: of a dozen series one would seem to drift in every other run at 95 %. */
const NORMAL_QUANTILE = 2.5758293035489;
const SIGNIFICANT = 1.959963984540054;
const LEAST_POINTS = 5;

/**
 * The median of the slopes between all pairs of points (Theil–Sen), which a third of the points may leave without moving it, with Sen's
 * interval of 99 %: of the N sorted slopes those at (N − C) / 2 and (N + C) / 2, C = z √Var(S), S being Kendall's score, which makes no
 * assumption on the distribution of the points. Var(S) = [n(n−1)(2n+5) − Σ t(t−1)(2t+5)] / 18 with t the sizes of groups of equal y, times
 * what the points resemble their neighbours by (see `varianceFactor`). Null with fewer than five points.
 *
 * P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63 (1968) 1379–1389.
 *
 * @param xs ascending, all different
 */
export function estimateSlope(xs: readonly number[], ys: readonly number[]): SlopeEstimate | null {
  const count = xs.length;
  if (count < LEAST_POINTS) return null;
  const slopes: number[] = [];
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++) slopes.push((ys[j]! - ys[i]!) / (xs[j]! - xs[i]!));
  slopes.sort((one, other) => one - other);
  const slope = medianOf(slopes);
  const residuals = ys.map((y, index) => y - slope * xs[index]!);
  const variance = scoreVariance(ys) * varianceFactor(residuals);
  const reach = NORMAL_QUANTILE * Math.sqrt(variance);
  const at = (rank: number) => slopes[Math.min(slopes.length - 1, Math.max(0, rank))]!;
  return {
    slope,
    low: at(Math.floor((slopes.length - reach) / 2) - 1),
    high: at(Math.ceil((slopes.length + reach) / 2)),
  };
}

/** Of Kendall's score of independent points, ties counted. */
function scoreVariance(ys: readonly number[]): number {
  const count = ys.length;
  const groups = new Map<number, number>();
  for (const y of ys) groups.set(y, (groups.get(y) ?? 0) + 1);
  let sum = count * (count - 1) * (2 * count + 5);
  for (const size of groups.values()) sum -= size * (size - 1) * (2 * size + 5);
  return sum / 18;
}

/**
 * By how much Kendall's score varies more where points resemble their neighbours: 1 + 2 / (n(n−1)(n−2)) Σ (n−k)(n−k−1)(n−k−2) ρ(k), with ρ the
 * autocorrelation of the ranks of what the line leaves, as far as it is significant; 1 at the least.
 *
 * K. H. Hamed, A. R. Rao, A modified Mann–Kendall trend test for autocorrelated data, J. Hydrology 204 (1998) 182–196.
 */
function varianceFactor(residuals: readonly number[]): number {
  const count = residuals.length;
  const ranks = rank(residuals);
  const mean = (count + 1) / 2;
  const around = ranks.map((value) => value - mean);
  const total = around.reduce((sum, value) => sum + value * value, 0);
  if (total === 0) return 1;
  let sum = 0;
  for (let lag = 1; lag < count - 2; lag++) {
    const products = around.slice(lag).reduce((all, value, index) => all + value * around[index]!, 0);
    const correlation = products / total;
    if (Math.abs(correlation) < SIGNIFICANT / Math.sqrt(count)) continue;
    sum += (count - lag) * (count - lag - 1) * (count - lag - 2) * correlation;
  }
  return Math.max(1, 1 + (2 * sum) / (count * (count - 1) * (count - 2)));
}

/** From 1; equal values have the mean of theirs. */
function rank(values: readonly number[]): readonly number[] {
  const order = values.map((_, index) => index).sort((one, other) => values[one]! - values[other]!);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** @param sorted at least one */
export function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
