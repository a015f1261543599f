import { type Clock, monotonicClock } from '../clock.ts';
import type { ObservedSeries, ProcessSeries } from './observations.ts';
import { latestBy } from './observe/latest-by.ts';
import { type ObservationSampling, sampleObservation } from './observe/sample-observation.ts';
import { observeComponent, PROC } from './observe/sources/process.ts';

/** A component by its name, and the process that it is; its descendants count as part of it. */
export interface NamedProcess {
  readonly name: string;
  readonly pid: number;
}

export interface ProcessWatch {
  add(process: NamedProcess): void;
  /** Null where nothing could be seen. Idempotent. @param startAtUs run start on the monotonic clock: time 0 of the samples */
  stop(startAtUs: number): Promise<readonly ProcessSeries[] | null>;
}

const INTERVAL_US = 1_000_000;

/**
 * Observes processes once a second from now on, by reading /proc (Linux; elsewhere nothing is seen).
 *
 * @param current which process each component is at this moment; one that is another than before goes on in the same series
 * @param system what tells of processes
 */
export function watchProcesses(
  current: () => readonly NamedProcess[],
  system: Parameters<typeof observeComponent>[2] = PROC,
  clock: Clock = monotonicClock,
): ProcessWatch {
  const watch = ({ name, pid }: NamedProcess): readonly ObservationSampling[] => {
    const currentPid = () => current().find((process) => process.name === name)?.pid ?? pid;
    return observeComponent(name, currentPid, system).map((observation) =>
      // The run has not begun, and nobody knows when it will: until then times are those of the clock.
      sampleObservation({ observation, source: 'process', everyUs: INTERVAL_US }, 0, clock),
    );
  };
  const watched = current().map(watch);
  return {
    add: (process) => void watched.push(watch(process)),
    async stop(startAtUs) {
      const all = await Promise.all(watched.map((parts) => Promise.all(parts.map((part) => part.stop()))));
      const seen = all.map((parts) => componentOf(parts, startAtUs)).filter((series) => series !== null);
      return seen.length === 0 ? null : seen;
    },
  };
}

/** The series of a component as one, column by column; null where it was never seen. */
function componentOf(parts: readonly ObservedSeries[], startAtUs: number): ProcessSeries | null {
  const [cpu, busiest, waiting, memory] = parts as readonly [
    ObservedSeries,
    ObservedSeries,
    ObservedSeries,
    ObservedSeries,
  ];
  if (isEmpty(memory)) return null;
  const along = (series: ObservedSeries) => memory.atUs.map(latestBy(series, INTERVAL_US / 4));
  return {
    name: cpu.name,
    atUs: memory.atUs.map((atUs) => atUs - startAtUs),
    cpuRatio: along(cpu),
    residentBytes: memory.values,
    ...(isEmpty(busiest) ? {} : { threadRatio: along(busiest), waitingRatio: along(waiting) }),
  };
}

function isEmpty({ values }: ObservedSeries): boolean {
  return values.every((value) => value === null);
}
