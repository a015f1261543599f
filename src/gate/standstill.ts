import type { RunResult } from '../result/run-result.ts';

/** The longest that a generator neither sent nor read, µs, as its lateness and the delay of its event loop tell. */
export function longestStandstillUs({ samples: { intervals, health } }: RunResult): number {
  const longestDelayUs = health.reduce((longest, { loopDelayMaxUs }) => Math.max(longest, loopDelayMaxUs ?? 0), 0);
  return intervals.reduce((longest, { latenessMaxUs }) => Math.max(longest, latenessMaxUs), longestDelayUs);
}
