/**
 * Slope of the least-squares line through points: Σ (x − x̄)(y − ȳ) / Σ (x − x̄)².
 * Null with fewer than two different x.
 */
export function fitSlope(xs: readonly number[], ys: readonly number[]): number | null {
  const count = xs.length;
  if (count < 2) return null;
  const meanX = xs.reduce((sum, x) => sum + x, 0) / count;
  const meanY = ys.reduce((sum, y) => sum + y, 0) / count;
  let products = 0;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    products += (xs[i]! - meanX) * (ys[i]! - meanY);
    squares += (xs[i]! - meanX) ** 2;
  }
  return squares === 0 ? null : products / squares;
}
