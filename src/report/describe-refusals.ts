import { formatCount } from '../quantities.ts';
import type { RefusalCount } from '../record/samples.ts';

/** "120 × overloaded, 4 × unavailable, 3 under other codes or none"; empty where there were none. Holds the server's own words. */
export function describeRefusals(counts: readonly RefusalCount[]): string {
  return counts
    .map(({ code, count }) =>
      code === null ? `${formatCount(count)} under other codes or none` : `${formatCount(count)} × ${code}`,
    )
    .join(', ');
}
