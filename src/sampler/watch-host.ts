import { type Clock, monotonicClock } from '../clock.ts';
import { type HostCpu, readHostCpu, stolenBetween } from './host-cpu.ts';
import type { HostSamples } from './observations.ts';
import { ThinnedSamples } from './thinned-samples.ts';

export interface HostWatch {
  /** Idempotent. */
  stop(): HostSamples;
}

export const HOST_UNSEEN: HostSamples = { stealRatio: null, series: null };

const INTERVAL_US = 1_000_000;
/** Ticks are 10 ms: of a shorter stretch they would make a ratio of nothing. */
const SHORTEST_SPAN_US = 500_000;

/** Each of an hour. */
const SAMPLES_KEPT = { recent: 600, older: 2_400 };

interface Reading {
  readonly atUs: number;
  readonly cpu: HostCpu;
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
  { read = readHostCpu, clock = monotonicClock as Clock } = {},
): HostWatch {
  /** CPU time is told since the machine's start: of two readings the later has all. */
  const readings = new ThinnedSamples<Reading>(SAMPLES_KEPT, (_, later) => later);
  let first: Reading | null = null;
  const nowUs = () => clock.nowUs() - startAtUs;
  let cancel = () => {};
  const sample = () => {
    const cpu = read();
    if (cpu === null) return;
    const reading = { atUs: nowUs(), cpu };
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
      return summarize(first === null ? [] : [first, ...readings.read()]);
    },
  };
}

function summarize(readings: readonly Reading[]): HostSamples {
  const first = readings[0];
  const last = readings.at(-1);
  if (first === undefined || last === undefined || first === last) return HOST_UNSEEN;
  const stealRatio = readings.map(({ cpu }, index) =>
    index === 0 ? null : stolenBetween(readings[index - 1]!.cpu, cpu),
  );
  return {
    stealRatio: stolenBetween(first.cpu, last.cpu),
    series: { atUs: readings.map(({ atUs }) => atUs), stealRatio },
  };
}
