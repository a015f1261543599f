import { monotonicUs } from '../clock.ts';
import { mostOf } from '../extremes.ts';
import { busiestThreadReader, type ThreadLoad } from './busiest-thread.ts';
import type { ProcessSeries } from './observations.ts';
import {
  listProcTree,
  type ProcUsage,
  readProcUsage,
  readThreads,
  residentOf,
  type ThreadUsage,
} from './proc-usage.ts';
import { ThinnedSamples } from './thinned-samples.ts';

/** A component by its name, and the process that it is; its descendants count as part of it. */
export interface NamedProcess {
  readonly name: string;
  readonly pid: number;
}

export interface ProcessWatch {
  add(process: NamedProcess): void;
  /** Null where nothing could be seen. Idempotent. */
  stop(startAtUs: number): readonly ProcessSeries[] | null;
}

const INTERVAL_MS = 1_000;
const SHORTEST_SPAN_US = 500_000;
/** Helpers come and go seldom; to look for them costs as much as to look at them. */
const LOOKS_PER_LISTING = 5;

/**
 * Looks at processes once a second from now on, by reading /proc (Linux; elsewhere nothing is seen).
 *
 * @param current which process each component is at this moment; one that is another than before goes on in the same series
 * @param read what a process has used; null where it is gone
 */
export function watchProcesses(
  current: () => readonly NamedProcess[],
  {
    read = readProcUsage,
    list = listProcTree,
    threads = readThreads,
    nowUs = monotonicUs,
  }: Partial<ProcessReading> = {},
): ProcessWatch {
  const reading = { read, list, threads, nowUs };
  const watched = current().map((process) => watchOne(process, reading));
  let lastUs = 0;
  const sample = () => {
    const atUs = nowUs();
    lastUs = atUs;
    const pids = new Map(current().map(({ name, pid }) => [name, pid]));
    for (const one of watched) one.sample(atUs, pids.get(one.name));
  };
  sample();
  const timer = setInterval(sample, INTERVAL_MS);
  let isStopped = false;
  return {
    add(process) {
      const one = watchOne(process, reading);
      one.sample(nowUs());
      watched.push(one);
    },
    stop(startAtUs) {
      // CPU time is told in steps of 10 ms: over a short span they would make a ratio of nothing.
      if (!isStopped && nowUs() - lastUs >= SHORTEST_SPAN_US) sample();
      isStopped = true;
      clearInterval(timer);
      const seen = watched.map((one) => one.series(startAtUs)).filter((series) => series !== null);
      return seen.length === 0 ? null : seen;
    },
  };
}

/** What the system tells of processes. */
interface ProcessReading {
  readonly read: (pid: number) => ProcUsage | null;
  /** With its descendants. */
  readonly list: (pid: number) => readonly number[];
  readonly threads: (pid: number) => ReadonlyMap<number, ThreadUsage>;
  readonly nowUs: () => number;
}

function watchOne({ name, ...process }: NamedProcess, { read, list, threads }: ProcessReading) {
  const readBusiest = busiestThreadReader(threads);
  const samples = new ThinnedSamples(SAMPLES_KEPT, joinSamples);
  let wasSeen = false;
  let { pid } = process;
  let isNew = true;
  let members: readonly number[] = [];
  let before = new Map<number, ProcUsage>();
  return {
    name,
    sample(nowUs: number, currentPid = pid) {
      if (currentPid !== pid) {
        pid = currentPid;
        isNew = true;
      }
      if (isNew || samples.total % LOOKS_PER_LISTING === 0) members = list(pid);
      const now = new Map<number, ProcUsage>();
      for (const member of members) {
        const usage = read(member);
        if (usage !== null) now.set(member, usage);
      }
      // The number of a process that ended may be another's by now.
      const isThere = now.has(pid) && (isNew || before.has(pid));
      const lastUs = samples.last?.atUs;
      const spanUs = isThere && !isNew && lastUs !== undefined ? Math.max(1, nowUs - lastUs) : 0;
      const thread = readBusiest(isThere ? now.keys() : [], nowUs);
      samples.add({
        atUs: nowUs,
        thread: spanUs === 0 ? null : thread,
        spanUs,
        usedUs: spanUs === 0 ? 0 : usedSince(before, now),
        residentBytes: isThere ? residentOf([...now.values()]) : null,
      });
      wasSeen ||= isThere;
      before = isThere ? now : new Map();
      isNew = false;
    },
    series(startAtUs: number): ProcessSeries | null {
      if (!wasSeen) return null;
      const kept = samples.read();
      const threadSeries = kept.every(({ thread }) => thread === null)
        ? {}
        : {
            threadRatio: kept.map(({ thread }) => thread?.cpuRatio ?? null),
            waitingRatio: kept.map(({ thread }) => thread?.waitingRatio ?? null),
          };
      return {
        name,
        atUs: kept.map(({ atUs }) => atUs - startAtUs),
        cpuRatio: kept.map(({ spanUs, usedUs }) => (spanUs === 0 ? null : round(usedUs / spanUs))),
        residentBytes: kept.map(({ residentBytes }) => residentBytes),
        ...threadSeries,
      };
    },
  };
}

/** Each of half an hour. */
const SAMPLES_KEPT = { recent: 600, older: 1_200 };

interface ProcessSample {
  readonly atUs: number;
  /** Since the sample before: how long the process was seen, and what it used. */
  readonly spanUs: number;
  readonly usedUs: number;
  /** Its busiest thread since the sample before; null where that is not known. */
  readonly thread: ThreadLoad | null;
  readonly residentBytes: number | null;
}

function joinSamples(earlier: ProcessSample, later: ProcessSample): ProcessSample {
  const bytes = [earlier.residentBytes, later.residentBytes].filter((known) => known !== null);
  return {
    atUs: later.atUs,
    spanUs: earlier.spanUs + later.spanUs,
    usedUs: earlier.usedUs + later.usedUs,
    thread: joinThreads(earlier, later),
    residentBytes: bytes.length === 0 ? null : mostOf(bytes),
  };
}

function joinThreads(earlier: ProcessSample, later: ProcessSample): ThreadLoad | null {
  if (earlier.thread === null || later.thread === null) return earlier.thread ?? later.thread;
  const share = earlier.spanUs / Math.max(1, earlier.spanUs + later.spanUs);
  const mean = (part: keyof ThreadLoad) => round(share * earlier.thread![part] + (1 - share) * later.thread![part]);
  return { cpuRatio: mean('cpuRatio'), waitingRatio: mean('waitingRatio') };
}

/** A helper that was not there before has used all of its time since. */
function usedSince(before: ReadonlyMap<number, ProcUsage>, now: ReadonlyMap<number, ProcUsage>): number {
  let usedUs = 0;
  for (const [pid, { cpuUs }] of now) usedUs += Math.max(0, cpuUs - (before.get(pid)?.cpuUs ?? 0));
  return usedUs;
}

function round(ratio: number): number {
  return Math.round(ratio * 1000) / 1000;
}
