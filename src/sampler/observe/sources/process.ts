import { readdirSync } from 'node:fs';
import { monotonicUs } from '../../../clock.ts';
import { findProcesses } from '../../find-processes.ts';
import { listProcTree, readProcUsage, readThreads } from '../../proc-usage.ts';
import { type ProcessFigures, type ProcessLoad, processLoadReader } from '../../process-load.ts';
import type { ProcessAccess } from '../access.ts';
import { FirstReading } from '../first-reading.ts';
import type { Observation } from '../observation.ts';
import { type Part, shareReadings } from '../share-readings.ts';

/** To look for processes costs more than to look at them, and they come and go seldom. */
const LOOK_FOR_EVERY_US = 5_000_000;
/** Where one of them has gone, another may have taken its place. */
const LOOK_AGAIN_AFTER_US = 1_000_000;

/** What the system tells of processes. */
export interface ProcessSystem extends ProcessFigures {
  /** Processes that go by this name, number or file; empty where there is none. */
  find(process: string): readonly number[];
  /** With its descendants. */
  listTree(pid: number): readonly number[];
  countOpenFiles(pid: number): number | null;
}

export const PROC: ProcessSystem = {
  find: findProcesses,
  listTree: listProcTree,
  read: readProcUsage,
  readThreads,
  countOpenFiles(pid) {
    try {
      return readdirSync(`/proc/${pid}/fd`).length;
    } catch {
      return null;
    }
  },
  nowUs: monotonicUs,
};

/**
 * CPU, memory and open files of all processes that go by a name, their descendants included, and the CPU of the busiest single thread: a
 * worker that fills its core shows there, however many idle ones stand beside it. From /proc (Linux).
 */
export function observeProcess(
  name: string,
  { process: wanted }: ProcessAccess,
  system: ProcessSystem = PROC,
): readonly Observation[] {
  const readMembers = membersReader(system, () => [
    ...new Set(system.find(wanted).flatMap((pid) => system.listTree(pid))),
  ]);
  const countFiles = ({ pids }: ProcessLoad) => pids.reduce((sum, pid) => sum + (system.countOpenFiles(pid) ?? 0), 0);
  const read = () => {
    const load = readMembers();
    if (load === null) throw new Error(`no process goes by ${JSON.stringify(wanted)}`);
    return load;
  };
  return shareLoad(read, [...partsOf(name), { name: `${name}.files`, unit: 'number', of: countFiles }], system);
}

/**
 * The same of one component, without its files. One that was started again goes on in the same series; one that has ended has no figure,
 * also where its number is another process's by now.
 *
 * @param currentPid which process it is at this moment
 */
export function observeComponent(
  name: string,
  currentPid: () => number,
  system: Omit<ProcessSystem, 'find' | 'countOpenFiles'> = PROC,
): readonly Observation[] {
  let pid: number | null = null;
  let readMembers = (): ProcessLoad | null => null;
  let hasEnded = false;
  const read = () => {
    const current = currentPid();
    if (current !== pid) {
      pid = current;
      hasEnded = false;
      readMembers = membersReader(system, () => system.listTree(current));
    }
    const load = hasEnded ? null : readMembers();
    hasEnded ||= load?.pids.includes(current) !== true;
    if (load === null || hasEnded) throw new Error(`${name} has ended`);
    return load;
  };
  return shareLoad(read, partsOf(name), system);
}

function partsOf(name: string): readonly Part<ProcessLoad>[] {
  return [
    { name, unit: 'cores', of: ({ cpuRatio }) => known(cpuRatio) },
    { name: `${name}.busiest`, unit: 'cores', of: ({ thread }) => known(thread?.cpuRatio) },
    { name: `${name}.waiting`, unit: 'cores', of: ({ thread }) => known(thread?.waitingRatio) },
    { name: `${name}.memory`, unit: 'bytes', of: ({ residentBytes }) => residentBytes },
  ];
}

function known(ratio: number | null | undefined): number {
  if (ratio === null || ratio === undefined) throw new FirstReading();
  return ratio;
}

function shareLoad(
  look: () => ProcessLoad,
  parts: readonly Part<ProcessLoad>[],
  { nowUs }: Pick<ProcessSystem, 'nowUs'>,
): readonly Observation[] {
  return shareReadings({ read: async () => look(), close: async () => {} }, parts, nowUs);
}

/** What some processes use, who they are being looked for now and then. */
function membersReader(system: ProcessFigures, look: () => readonly number[]): () => ProcessLoad | null {
  const readLoad = processLoadReader(system);
  let members: readonly number[] = [];
  let isWhole = false;
  let foundUs = Number.NEGATIVE_INFINITY;
  return () => {
    const atUs = system.nowUs();
    if (atUs - foundUs >= (isWhole ? LOOK_FOR_EVERY_US : LOOK_AGAIN_AFTER_US)) {
      members = look();
      foundUs = atUs;
    }
    const load = readLoad(members);
    isWhole = load !== null && load.pids.length === members.length;
    return load;
  };
}
