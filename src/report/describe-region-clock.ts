import { formatDuration } from '../quantities.ts';
import type { RegionRow } from './region-rows.ts';

/** How far clocks leave the times between two regions open: "± 1.2 ms", "one" for a single clock, "set" of one that was. */
export function describeRegionClock({ clockErrorUs }: Pick<RegionRow, 'clockErrorUs'>): string {
  if (clockErrorUs === 0) return 'one';
  return clockErrorUs < 0 ? 'set' : `± ${formatDuration(clockErrorUs)}`;
}
