import { busiestThreadReader, type ThreadLoad } from './busiest-thread.ts';
import { type ProcUsage, residentOf, type ThreadUsage } from './proc-usage.ts';

/** What the system tells of a process. */
export interface ProcessFigures {
  /** Null where it is gone. */
  read(pid: number): ProcUsage | null;
  readThreads(pid: number): ReadonlyMap<number, ThreadUsage>;
  nowUs(): number;
}

/** What some processes use together, by one look at each. */
export interface ProcessLoad {
  /** Those that are there. */
  readonly pids: readonly number[];
  /** CPU since the look before, 1 = one core; null where none of them was there then. */
  readonly cpuRatio: number | null;
  /** Of the busiest of their threads; null where nothing is known of any. */
  readonly thread: ThreadLoad | null;
  readonly residentBytes: number;
}

/** Looks at processes again and again, those that come and go among them; null where none of them is there. */
export function processLoadReader({
  read,
  readThreads,
  nowUs,
}: ProcessFigures): (pids: readonly number[]) => ProcessLoad | null {
  const readBusiest = busiestThreadReader(readThreads);
  let before = new Map<number, ProcUsage>();
  let beforeUs = 0;
  return (pids) => {
    const atUs = nowUs();
    const now = new Map<number, ProcUsage>();
    for (const pid of pids) {
      const usage = read(pid);
      if (usage !== null) now.set(pid, usage);
    }
    const there = [...now.keys()];
    const thread = readBusiest(there, atUs);
    const spanUs = there.some((pid) => before.has(pid)) ? atUs - beforeUs : 0;
    const usedUs = usedSince(before, now);
    before = now;
    beforeUs = atUs;
    if (there.length === 0) return null;
    const cpuRatio = spanUs > 0 ? Math.round((usedUs / spanUs) * 1000) / 1000 : null;
    return { pids: there, cpuRatio, thread, residentBytes: residentOf([...now.values()]) };
  };
}

/** A helper that was not there before has used all of its time since. */
function usedSince(before: ReadonlyMap<number, ProcUsage>, now: ReadonlyMap<number, ProcUsage>): number {
  let usedUs = 0;
  for (const [pid, { cpuUs }] of now) usedUs += Math.max(0, cpuUs - (before.get(pid)?.cpuUs ?? 0));
  return usedUs;
}
