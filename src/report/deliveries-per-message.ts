import type { LedgerCounts } from '../record/samples.ts';

/** Of what was offered, times that; less is behind. */
export const FOLLOWS = 0.95;

/**
 * How many deliveries a message has, on average, by the books: what was expected, so that what is lost lowers nothing. 1 where it is
 * about that, or nobody knows yet.
 */
export function deliveriesPerMessage({ sent, expected }: Pick<LedgerCounts, 'sent' | 'expected'>): number {
  if (sent === 0 || expected === 0) return 1;
  const deliveries = expected / sent;
  return Math.abs(deliveries - 1) < 0.02 ? 1 : deliveries;
}
