/**
 * Twice the midrank of each value: rank 1 … n, equal values sharing the mean of their ranks; doubled, so that every one is an
 * integer. Infinity is a value like any other.
 */
export function doubledMidranks(values: readonly number[]): readonly number[] {
  const order = values.map((_, index) => index).sort((a, b) => compare(values[a]!, values[b]!));
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end + 1 < order.length && values[order[end + 1]!] === values[order[start]!]) end++;
    // Ranks start + 1 … end + 1, the sum of the first and the last being twice their mean.
    for (let index = start; index <= end; index++) ranks[order[index]!] = start + end + 2;
    start = end + 1;
  }
  return ranks;
}

/** A difference would be NaN between two infinities. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
