/**
 * Values that a percentile takes to say anything: so many that one of them may lie beyond it, 1 / (1 − q). Of fewer it is only
 * another name for the largest.
 *
 * @param percentile  (0, 100); 50 → 2, 95 → 20, 97 → 34, 99.9 → 1,000
 */
export function valuesNeeded(percentile: number): number {
  const exact = 100 / (100 - percentile);
  // 100 / (100 − 99.9) is a hair above 1,000.
  return Math.ceil(exact - exact * 1e-9);
}
