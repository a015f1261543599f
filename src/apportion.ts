/**
 * Whole numbers in proportion to the shares that add up to the total: each share rounded down, and what is left to those with the largest
 * remainders (Hamilton's method); of equal ones to the earlier.
 *
 * @param shares at least one, ≥ 0, of any sum above 0
 */
export function apportion(shares: readonly number[], total: number): readonly number[] {
  const sum = shares.reduce((all, share) => all + share, 0);
  const exact = shares.map((share) => (share / sum) * total);
  // Floating-point dust: 0.15 of 100 is 15, and not a hair below it.
  const whole = exact.map((value) => Math.floor(value + 1e-9 * Math.max(1, total)));
  const left = total - whole.reduce((all, value) => all + value, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - whole[index]! }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) whole[index]!++;
  return whole;
}
