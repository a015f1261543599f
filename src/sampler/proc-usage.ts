import { readdirSync, readFileSync } from 'node:fs';
import { mostOf } from '../extremes.ts';

/** What a process has used and holds. */
export interface ProcUsage {
  /** Since it was started, µs, in steps of 10 ms. */
  readonly cpuUs: number;
  readonly residentBytes: number;
  /** Of `residentBytes`: what other processes may hold as well. */
  readonly sharedBytes: number;
}

/** Linux tells CPU time in hundredths of a second, whatever its own clock. */
const TICK_US = 10_000;

/** From /proc; null where the process is gone, or where the system has no /proc. */
export function readProcUsage(pid: number): ProcUsage | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ').map(Number);
    // The command's name stands in parentheses and may hold anything: the fields start after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpuUs = (Number(fields[11]) + Number(fields[12])) * TICK_US;
    if (resident === undefined || shared === undefined || Number.isNaN(cpuUs)) return null;
    return { cpuUs, residentBytes: resident * pageBytes(), sharedBytes: shared * pageBytes() };
  } catch {
    return null;
  }
}

/** What a thread has had of the cores since it began, µs. */
export interface ThreadUsage {
  readonly ranUs: number;
  /** How long it was ready to run, and waited for one. */
  readonly waitedUs: number;
}

/** Of each thread of a process, by its number; none where it is gone, or where the system does not tell. */
export function readThreads(pid: number): ReadonlyMap<number, ThreadUsage> {
  const threads = new Map<number, ThreadUsage>();
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      // Time on a core, time in the queue for one, both in ns, and how often.
      const [ran, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ').map(Number);
      if (ran !== undefined && waited !== undefined)
        threads.set(Number(thread), { ranUs: ran / 1000, waitedUs: waited / 1000 });
    }
  } catch {
    // A thread that ended while they were read: what is known by now is what there is.
  }
  return threads;
}

/** What processes hold together. Pages that they share count once: the most that any of them holds of such. */
export function residentOf(usages: readonly ProcUsage[]): number {
  const own = usages.reduce((sum, { residentBytes, sharedBytes }) => sum + residentBytes - sharedBytes, 0);
  const shared = usages.map(({ sharedBytes }) => sharedBytes);
  return own + mostOf(shared, 0);
}

/** A process and its descendants, as far as the system tells them. @param without  those, and what descends from them */
export function listProcTree(pid: number, without: ReadonlySet<number> = new Set()): readonly number[] {
  const found = [pid];
  // Grows while it is walked: children are looked at in their turn.
  for (const parent of found) found.push(...listChildren(parent).filter((child) => !without.has(child)));
  return found;
}

function listChildren(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}

let knownPageBytes: number | null = null;

/** The auxiliary vector of every process names it, as pair 6 of native words. */
function pageBytes(): number {
  knownPageBytes ??= readPageBytes();
  return knownPageBytes;
}

function readPageBytes(): number {
  const words = readFileSync('/proc/self/auxv');
  for (let at = 0; at + 16 <= words.length; at += 16)
    if (words.readBigUInt64LE(at) === 6n) return Number(words.readBigUInt64LE(at + 8));
  return 4096;
}
