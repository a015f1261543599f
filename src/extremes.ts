/**
 * The least of any number of values: spread into `Math.min`, some 120,000 of them are a stack overflow.
 *
 * @param bound  what the result is at most, and is without values; Infinity by default
 */
export function leastOf(values: Iterable<number>, bound: number = Number.POSITIVE_INFINITY): number {
  let least = bound;
  for (const value of values) if (value < least || Number.isNaN(value)) least = value;
  return least;
}

/**
 * The greatest of any number of values.
 *
 * @param bound  what the result is at least, and is without values; -Infinity by default
 */
export function mostOf(values: Iterable<number>, bound: number = Number.NEGATIVE_INFINITY): number {
  let most = bound;
  for (const value of values) if (value > most || Number.isNaN(value)) most = value;
  return most;
}
