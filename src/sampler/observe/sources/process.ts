import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { monotonicUs } from '../../../clock.ts';
import { busiestThreadReader, type ThreadLoad } from '../../busiest-thread.ts';
import {
  listProcTree,
  type ProcUsage,
  readProcUsage,
  readThreads,
  residentOf,
  type ThreadUsage,
} from '../../proc-usage.ts';
import type { ProcessAccess } from '../access.ts';
import type { Observation } from '../observation.ts';

/** To look for processes costs more than to look at them. */
const LOOK_FOR_EVERY_US = 1_000_000;

/** What the system tells of processes. */
export interface ProcessSystem {
  /** Processes that go by this name, number or file; empty where there is none. */
  find(process: string): readonly number[];
  /** With its descendants. */
  listTree(pid: number): readonly number[];
  read(pid: number): ProcUsage | null;
  countOpenFiles(pid: number): number | null;
  readThreads(pid: number): ReadonlyMap<number, ThreadUsage>;
  nowUs(): number;
}

/**
 * CPU, memory and open files of all processes that go by a name, their descendants included, and the CPU of the busiest single thread: a
 * worker that fills its core shows there, however many idle ones stand beside it. From /proc (Linux).
 */
export function observeProcess(
  name: string,
  { process: wanted }: ProcessAccess,
  system: ProcessSystem = PROC,
): readonly Observation[] {
  const group = followGroup(wanted, system);
  const observe = (part: string, unit: Observation['unit'], read: () => number): Observation => ({
    name: part === '' ? name : `${name}.${part}`,
    unit,
    read: async () => read(),
    close: async () => {},
  });
  return [
    observe('', 'cores', cpuReader(group, system)),
    observe('busiest', 'cores', threadReader(group, system, 'cpuRatio')),
    observe('waiting', 'cores', threadReader(group, system, 'waitingRatio')),
    observe('memory', 'bytes', () => residentOf([...group.read().values()])),
    observe('files', 'number', () => sumOf([...group.read().keys()].map((pid) => system.countOpenFiles(pid) ?? 0))),
  ];
}

interface Group {
  /** What each of its processes has used. @throws Error where there is none */
  read(): ReadonlyMap<number, ProcUsage>;
}

function followGroup(wanted: string, system: ProcessSystem): Group {
  let members: readonly number[] = [];
  let lookedAtUs = Number.NEGATIVE_INFINITY;
  const readAll = () => {
    const usages = new Map<number, ProcUsage>();
    for (const pid of members) {
      const usage = system.read(pid);
      if (usage !== null) usages.set(pid, usage);
    }
    return usages;
  };
  return {
    read() {
      const nowUs = system.nowUs();
      // Workers come and go: whoever has joined since is found at the next look.
      if (nowUs - lookedAtUs >= LOOK_FOR_EVERY_US) {
        lookedAtUs = nowUs;
        members = [...new Set(system.find(wanted).flatMap((pid) => system.listTree(pid)))];
      }
      const usages = readAll();
      if (usages.size === 0) throw new Error(`no process goes by ${JSON.stringify(wanted)}`);
      return usages;
    },
  };
}

/** CPU since the reading before, 1 = one core, of all of them; the first reading only begins, and yields 0. */
function cpuReader(group: Group, system: ProcessSystem): () => number {
  let before: ReadonlyMap<number, ProcUsage> = new Map();
  let beforeUs = 0;
  return () => {
    const now = group.read();
    const nowUs = system.nowUs();
    const spanUs = nowUs - beforeUs;
    const isFirst = before.size === 0;
    // A process that was not there before has used all of its time since, unless this is where looking begins.
    const usedUs = sumOf([...now].map(([pid, { cpuUs }]) => Math.max(0, cpuUs - (before.get(pid)?.cpuUs ?? 0))));
    before = now;
    beforeUs = nowUs;
    return isFirst || spanUs <= 0 ? 0 : Math.round((usedUs / spanUs) * 1000) / 1000;
  };
}

/** Of the busiest thread since the reading before; the first reading only begins, and yields 0. */
function threadReader(group: Group, system: ProcessSystem, part: keyof ThreadLoad): () => number {
  const read = busiestThreadReader((pid) => system.readThreads(pid));
  return () => read(group.read().keys(), system.nowUs())?.[part] ?? 0;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

const PROC: ProcessSystem = {
  find: findProcesses,
  listTree: listProcTree,
  read: readProcUsage,
  countOpenFiles(pid) {
    try {
      return readdirSync(`/proc/${pid}/fd`).length;
    } catch {
      return null;
    }
  },
  readThreads,
  nowUs: monotonicUs,
};

/** By number, by a file that holds it, or by name. */
function findProcesses(wanted: string): readonly number[] {
  if (/^\d+$/.test(wanted)) return [Number(wanted)];
  if (wanted.includes('/')) {
    const text = readText(wanted).trim().split(/\s/, 1)[0] ?? '';
    return /^\d+$/.test(text) ? [Number(text)] : [];
  }
  const own = new Set(listAncestors(process.pid));
  return listAll().filter((pid) => !own.has(pid) && goesBy(pid, wanted));
}

/** Its program, its script or another argument is called so, whatever directory it lies in; or the process calls itself so. */
function goesBy(pid: number, name: string): boolean {
  const words = readText(`/proc/${pid}/cmdline`).split('\0');
  // The generator's own processes are none of what is behind the chat.
  if (words.some((word) => basename(word).startsWith('shard-process.'))) return false;
  if (words.some((word) => word !== '' && basename(word) === name)) return true;
  // A title that a process gave itself stands in one word: "postgres: checkpointer".
  return words[0]?.split(/[: ]/, 1)[0] === name || readText(`/proc/${pid}/comm`).trim() === name;
}

function listAll(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .map(Number);
  } catch {
    return [];
  }
}

/** This process and all above it: whoever started it has the name that is looked for in its own command line. */
function listAncestors(pid: number): readonly number[] {
  const found: number[] = [];
  for (let at = pid; at > 0 && !found.includes(at); ) {
    found.push(at);
    const stat = readText(`/proc/${at}/stat`);
    at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  }
  return found;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
