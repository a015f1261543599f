import { cpus } from 'node:os';
import type { HostSamples, ProcessSeries } from './observations.ts';
import type { HostReadings } from './watch-host.ts';

/**
 * What was taken of the machine, with what foreign programs used: all that programs used less what generator and target did.
 *
 * @param processes  of generator and target; null where not all of them are known
 */
export function withForeignShare(
  host: HostReadings,
  processes: readonly ProcessSeries[] | null,
  cores: number = cpus().length,
): HostSamples {
  const { stealRatio, series } = host;
  if (series === null) return { stealRatio, foreignRatio: null, series: null };
  const { atUs, busyRatio } = series;
  const known = { atUs: [...atUs], stealRatio: [...series.stealRatio] };
  if (processes === null) return { stealRatio, foreignRatio: null, series: { ...known, foreignRatio: [] } };
  const foreignRatio = busyRatio.map((busy, index) => {
    if (busy === null) return null;
    const [fromUs, toUs] = [atUs[index - 1]!, atUs[index]!];
    const ownUs = processes.reduce((sum, process) => sum + usedBetween(process, fromUs, toUs), 0);
    return round(Math.max(0, busy - ownUs / Math.max(1, toUs - fromUs) / cores));
  });
  return { stealRatio, foreignRatio: meanOverTime(atUs, foreignRatio), series: { ...known, foreignRatio } };
}

/** CPU time of a process between two times, µs, taken as even between two of its samples. */
function usedBetween({ atUs, cpuRatio }: ProcessSeries, fromUs: number, toUs: number): number {
  let usedUs = 0;
  for (let i = 1; i < atUs.length; i++) {
    const overlapUs = Math.min(toUs, atUs[i]!) - Math.max(fromUs, atUs[i - 1]!);
    if (overlapUs > 0) usedUs += overlapUs * (cpuRatio[i] ?? 0);
  }
  return usedUs;
}

function meanOverTime(atUs: readonly number[], ratios: readonly (number | null)[]): number | null {
  let [sum, lengthUs] = [0, 0];
  for (let i = 1; i < atUs.length; i++) {
    sum += (ratios[i] ?? 0) * (atUs[i]! - atUs[i - 1]!);
    lengthUs += atUs[i]! - atUs[i - 1]!;
  }
  return lengthUs === 0 ? null : round(sum / lengthUs);
}

function round(ratio: number): number {
  return Math.round(ratio * 10_000) / 10_000;
}
