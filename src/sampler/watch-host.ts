import { cpus } from 'node:os';
import { type Clock, monotonicClock } from '../clock.ts';
import { busyBetween, type HostCpu, readHostCpu, stolenBetween } from './host-cpu.ts';
import { ThinnedSamples } from './thinned-samples.ts';

export interface HostWatch {
  /** Idempotent. */
  stop(): HostReadings;
}

/** What was taken of the machine, whoever took it: since the reading before, null in the first. Null where the machine cannot tell. */
export interface HostReadings {
  readonly stealRatio: number | null;
  readonly series: {
    readonly atUs: readonly number[];
    readonly stealRatio: readonly (number | null)[];
    /** What programs used, but for this very process. */
    readonly busyRatio: readonly (number | null)[];
  } | null;
}

export const HOST_UNSEEN: HostReadings = { stealRatio: null, series: null };

const INTERVAL_US = 1_000_000;
/** Ticks are 10 ms: of a shorter stretch they would make a ratio of nothing. */
const SHORTEST_SPAN_US = 500_000;

/** Each of an hour. */
const SAMPLES_KEPT = { recent: 600, older: 2_400 };

interface Reading {
  readonly atUs: number;
  readonly cpu: HostCpu;
  /** CPU time of this process, µs. */
  readonly ownUs: number;
}

/**
 * Looks at the machine's CPU time when measure begins, once a second from then on, and when it ends. A run that ends before that is
 * told as far as it came.
 *
 * @param startAtUs the run's start on the clock; the span is on the run's clock, µs since then
 */
export function watchHost(
  startAtUs: number,
  span: { readonly fromUs: number; readonly toUs: number },
  { read = readHostCpu, clock = monotonicClock as Clock, readOwnUs = ownCpuUs, cores = cpus().length } = {},
): HostWatch {
  /** CPU time is told since the machine's start: of two readings the later has all. */
  const readings = new ThinnedSamples<Reading>(SAMPLES_KEPT, (_, later) => later);
  let first: Reading | null = null;
  const nowUs = () => clock.nowUs() - startAtUs;
  let cancel = () => {};
  const sample = () => {
    const cpu = read();
    if (cpu === null) return;
    const reading = { atUs: nowUs(), cpu, ownUs: readOwnUs() };
    if (first === null) first = reading;
    else readings.add(reading);
  };
  const sampleAt = (dueUs: number) => {
    cancel = clock.after(dueUs - nowUs(), () => {
      sample();
      // A timer may fire a little early: the last reading is the one that was due last.
      if (dueUs >= span.toUs || nowUs() >= span.toUs) return;
      const nextUs = Math.max(dueUs, nowUs()) + INTERVAL_US;
      sampleAt(nextUs > span.toUs - SHORTEST_SPAN_US ? span.toUs : nextUs);
    });
  };
  sampleAt(span.fromUs);
  let isStopped = false;
  return {
    stop() {
      cancel();
      const lastUs = (readings.last ?? first)?.atUs ?? Number.POSITIVE_INFINITY;
      if (!isStopped && lastUs < span.toUs - SHORTEST_SPAN_US && nowUs() - lastUs >= SHORTEST_SPAN_US) sample();
      isStopped = true;
      return summarize(first === null ? [] : [first, ...readings.read()], cores);
    },
  };
}

function summarize(readings: readonly Reading[], cores: number): HostReadings {
  const first = readings[0];
  const last = readings.at(-1);
  if (first === undefined || last === undefined || first === last) return HOST_UNSEEN;
  const stealRatio = readings.map(({ cpu }, index) =>
    index === 0 ? null : stolenBetween(readings[index - 1]!.cpu, cpu),
  );
  return {
    stealRatio: stolenBetween(first.cpu, last.cpu),
    series: {
      atUs: readings.map(({ atUs }) => atUs),
      stealRatio,
      busyRatio: readings.map((reading, index) => (index === 0 ? null : busyOf(readings[index - 1]!, reading, cores))),
    },
  };
}

function busyOf(before: Reading, after: Reading, cores: number): number {
  const ownRatio = (after.ownUs - before.ownUs) / Math.max(1, after.atUs - before.atUs) / cores;
  return Math.max(0, busyBetween(before.cpu, after.cpu) - ownRatio);
}

function ownCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
