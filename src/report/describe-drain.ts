import { formatDuration } from '../quantities.ts';

/** When the queue had run empty. @param drainUs after the end of measure; null: not by the end of the run */
export function describeDrain(drainUs: number | null): string {
  if (drainUs === null) return 'not empty at the end';
  return drainUs === 0 ? 'empty when the load ended' : `empty ${formatDuration(drainUs)} after the load ended`;
}
