import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process that cannot be mistaken for a later one with the same number: its number, and when it was started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for the same process only, also across reboots. */
  readonly startedAt: string;
}

interface ProcessEntry {
  readonly parent: number;
  readonly state: string;
  readonly startedAt: string;
}

/** The identity of a live process; null where it is gone. A zombie is gone: it holds nothing and can do nothing. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const entry = process.platform === 'linux' ? readProcEntry(pid) : readPsEntry(pid);
  return entry === null || entry.state.startsWith('Z') ? null : { pid, startedAt: entry.startedAt };
}

/** Whether this very process still runs, as opposed to another one that was given its number. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startedAt === identity.startedAt;
}

/** Live descendants of a process, itself left out. Helpers that moved to a session of their own are found too. */
export function listDescendants(pid: number): ProcessIdentity[] {
  const parents = process.platform === 'linux' ? readProcParents() : readPsParents();
  const found: number[] = [];
  const queue = [pid];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const [child, parent] of parents) {
      if (parent !== next || found.includes(child)) continue;
      found.push(child);
      queue.push(child);
    }
  }
  return found.map(identifyProcess).filter((identity) => identity !== null);
}

function readProcEntry(pid: number): ProcessEntry | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The command's name stands in parentheses and may hold spaces and parentheses: the fields start after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, startTicks] = [fields[0], fields[1], fields[19]];
  if (state === undefined || parent === undefined || startTicks === undefined) return null;
  return { parent: Number(parent), state, startedAt: `${bootId()}/${startTicks}` };
}

function readProcParents(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const entry = readProcEntry(Number(name));
    if (entry !== null) parents.set(Number(name), entry.parent);
  }
  return parents;
}

/** Ticks count from boot, so that two boots may give equal numbers. */
let cachedBootId: string | null = null;
function bootId(): string {
  cachedBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return cachedBootId;
}

function readPsEntry(pid: number): ProcessEntry | null {
  const line = runPs(['-o', 'ppid=,state=,lstart=', '-p', String(pid)]).trim();
  const match = /^(\d+)\s+(\S+)\s+(.+)$/.exec(line);
  if (match === null) return null;
  return { parent: Number(match[1]), state: match[2] ?? '', startedAt: match[3] ?? '' };
}

function readPsParents(): Map<number, number> {
  const rows = runPs(['-A', '-o', 'pid=,ppid='])
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return new Map(rows.filter((row) => row.length === 2).map((row) => [row[0] ?? 0, row[1] ?? 0]));
}

function runPs(args: string[]): string {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    // `ps -p` exits with 1 where there is no such process.
    return '';
  }
}
