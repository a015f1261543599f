import type { ThreadUsage } from './proc-usage.ts';

/** How much of a core the busiest thread of some processes had, and how much more it was ready to use and did not get; 1 = one core. */
export interface ThreadLoad {
  readonly cpuRatio: number;
  readonly waitingRatio: number;
}

/**
 * The load of whichever thread was on a core, or ready for one, the longest since the reading before: one that is so all the time is
 * full, however few the others have to do. The first reading only begins; threads that were not there before are left out of one.
 * Null then, and where nothing is known of any.
 */
export function busiestThreadReader(
  read: (pid: number) => ReadonlyMap<number, ThreadUsage>,
): (pids: Iterable<number>, nowUs: number) => ThreadLoad | null {
  let before = new Map<number, ThreadUsage>();
  let beforeUs = 0;
  return (pids, nowUs) => {
    const spanUs = nowUs - beforeUs;
    const now = new Map<number, ThreadUsage>();
    let busiest: { ranUs: number; waitedUs: number } | null = null;
    for (const pid of pids)
      for (const [thread, usage] of read(pid)) {
        now.set(thread, usage);
        const since = before.get(thread);
        if (since === undefined) continue;
        const ranUs = Math.max(0, usage.ranUs - since.ranUs);
        const waitedUs = Math.max(0, usage.waitedUs - since.waitedUs);
        if (busiest === null || ranUs + waitedUs > busiest.ranUs + busiest.waitedUs) busiest = { ranUs, waitedUs };
      }
    before = now;
    beforeUs = nowUs;
    if (busiest === null || spanUs <= 0) return null;
    return { cpuRatio: round(busiest.ranUs / spanUs), waitingRatio: round(busiest.waitedUs / spanUs) };
  };
}

function round(ratio: number): number {
  return Math.round(ratio * 1000) / 1000;
}
