import { readFileSync } from 'node:fs';

/** CPU time of all cores of this machine since it was started, in ticks. */
export interface HostCpu {
  /** What this machine wanted and the hypervisor gave to others; 0 for good where there is no hypervisor. */
  readonly stealTicks: number;
  /** What programs used, the system's work for them included; without interrupts, which are nobody's. */
  readonly busyTicks: number;
  /** Busy, idle and stolen together. */
  readonly totalTicks: number;
}

/** user, nice, system, idle, iowait, irq, softirq, steal; time of guests follows, which user and nice include. */
const FIELDS = 8;

/** From /proc/stat; null where the system has none. */
export function readHostCpu(): HostCpu | null {
  try {
    return parseHostCpu(readFileSync('/proc/stat', 'latin1'));
  } catch {
    return null;
  }
}

/** Null where the text does not begin with the line of all cores, steal included. */
export function parseHostCpu(text: string): HostCpu | null {
  const [name, ...fields] = text.slice(0, text.indexOf('\n')).trim().split(/\s+/);
  const ticks = fields.slice(0, FIELDS).map(Number);
  if (name !== 'cpu' || ticks.length < FIELDS || ticks.some((value) => !Number.isFinite(value))) return null;
  const [user = 0, nice = 0, system = 0] = ticks;
  return {
    stealTicks: ticks[FIELDS - 1]!,
    busyTicks: user + nice + system,
    totalTicks: ticks.reduce((sum, value) => sum + value, 0),
  };
}

/** Share of the CPU time between two readings, 0–1, four decimals (with two cores a tick is 0.005 of a second). */
export function stolenBetween(before: HostCpu, after: HostCpu): number {
  return shareOf(after.stealTicks - before.stealTicks, after.totalTicks - before.totalTicks);
}

/** The same of what programs used. */
export function busyBetween(before: HostCpu, after: HostCpu): number {
  return shareOf(after.busyTicks - before.busyTicks, after.totalTicks - before.totalTicks);
}

function shareOf(part: number, total: number): number {
  return total <= 0 ? 0 : Math.round(Math.min(1, Math.max(0, part / total)) * 10_000) / 10_000;
}
