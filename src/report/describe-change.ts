import type { TrendChange } from '../gate/trend.ts';

/** By how much a level changed, in a few words: a factor, where both levels have one. */
export function describeChange({ before, after, ratio }: TrendChange): string {
  if (before !== after) {
    if (after === Number.POSITIVE_INFINITY) return 'to endless';
    if (before === Number.POSITIVE_INFINITY) return 'from endless';
    if (before === 0) return 'from 0';
    if (after === 0) return 'to 0';
  }
  return `× ${ratio.toFixed(2)}`;
}
