import { readFileSync } from 'node:fs';
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

/** What processes hold together. Pages that they share count once: the most that any of them holds of such. */
export function residentOf(usages: readonly ProcUsage[]): number {
  const own = usages.reduce((sum, { residentBytes, sharedBytes }) => sum + residentBytes - sharedBytes, 0);
  const shared = usages.map(({ sharedBytes }) => sharedBytes);
  return own + mostOf(shared, 0);
}

/** A process and its descendants, as far as the system tells them. */
export function listProcTree(pid: number): readonly number[] {
  const found = [pid];
  // Grows while it is walked: children are looked at in their turn.
  for (const parent of found) found.push(...listChildren(parent));
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
