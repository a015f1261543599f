/** The middle value; of an even number the mean of the two in the middle. NaN without values. Infinity is a value. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[(sorted.length >> 1) - 1] ?? Number.NaN;
  return lower === upper ? upper : (lower + upper) / 2;
}
