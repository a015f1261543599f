import { readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { monotonicUs } from '../clock.ts';
import { type CpuQuota, readThrottled, type Throttled } from '../cpu-limits.ts';
import { leastOf, mostOf } from '../extremes.ts';
import { countByHost } from '../record/connection-counts.ts';
import type { ShardHealth } from '../record/samples.ts';
import { countOpenFiles, readOpenFilesLimit, readResidentBytes } from './open-files.ts';

export interface HealthObserver {
  /** Notes the bytes waiting in one client's sockets. Called once per tick and touched client. */
  noteBuffered(bytes: number): void;
  /** Begins the span over which CPU and pauses are measured. */
  start(): void;
  /** Ends it; further calls change nothing. */
  stop(): void;
  /** @param perEndpoint connections opened, by address */
  report(
    shard: number,
    perEndpoint: Readonly<Record<string, number>>,
  ): Omit<ShardHealth, 'loopDelayP99Us' | 'loopDelayMaxUs'>;
}

/**
 * Watches the process that generates the load: a figure is only as good as the generator was free to send and read.
 *
 * @param quotas  those of its control groups
 */
export function observeHealth(quotas: readonly CpuQuota[] = []): HealthObserver {
  // Now: once all are open, there is none left to read it from.
  const openFilesLimit = readOpenFilesLimit();
  let gcPauseUs = 0;
  let gcPauseMaxUs = 0;
  let bufferedBytesMax = 0;
  let span: Span | null = null;
  let usage = { cpuRatio: 0, starvedRatio: null as number | null };
  let throttledFrom: Throttled | null = null;
  let quota: ShardHealth['quota'];
  const notePauses = (pauses: readonly { readonly duration: number }[]) => {
    for (const { duration } of pauses) {
      const pauseUs = Math.round(duration * 1000);
      gcPauseUs += pauseUs;
      gcPauseMaxUs = Math.max(gcPauseMaxUs, pauseUs);
    }
  };
  const gc = new PerformanceObserver((list) => notePauses(list.getEntries()));
  return {
    noteBuffered(bytes) {
      if (bytes > bufferedBytesMax) bufferedBytesMax = bytes;
    },
    start() {
      span = beginSpan();
      throttledFrom = readThrottled(quotas);
      gc.observe({ entryTypes: ['gc'] });
    },
    stop() {
      if (span === null) return;
      usage = endSpan(span);
      quota = describeQuota(quotas, throttledFrom);
      span = null;
      notePauses(gc.takeRecords());
      gc.disconnect();
    },
    report(shard, perEndpoint) {
      return {
        shard,
        pid: process.pid,
        ...usage,
        ...(quota === undefined ? {} : { quota }),
        memoryBytes: readResidentBytes(),
        gcPauseUs,
        gcPauseMaxUs,
        bufferedBytesMax,
        openFiles: countOpenFiles(openFilesLimit),
        openFilesLimit,
        portsUsed: mostOf(Object.values(countByHost(perEndpoint)), 0),
        portsLimit: countLocalPorts(),
      };
    },
  };
}

/** For how long the quotas have stopped this process since the call before, µs; null where there is none. */
export function followThrottling(quotas: readonly CpuQuota[]): (() => number) | null {
  if (quotas.length === 0) return null;
  let beforeUs = readThrottled(quotas)?.us ?? 0;
  return () => {
    const { us } = readThrottled(quotas) ?? { us: beforeUs };
    const sinceUs = Math.max(0, us - beforeUs);
    beforeUs = us;
    return sinceUs;
  };
}

function describeQuota(quotas: readonly CpuQuota[], from: Throttled | null): ShardHealth['quota'] {
  if (quotas.length === 0) return undefined;
  const to = readThrottled(quotas);
  const { us, periods, throttledPeriods } = from ?? NEVER_THROTTLED;
  const passed = (to?.periods ?? 0) - periods;
  return {
    cores: leastOf(quotas.map(({ cores }) => cores)),
    throttledUs: Math.max(0, (to?.us ?? 0) - us),
    throttledRatio: passed <= 0 ? 0 : Math.max(0, (to?.throttledPeriods ?? 0) - throttledPeriods) / passed,
  };
}

const NEVER_THROTTLED: Throttled = { us: 0, periods: 0, throttledPeriods: 0 };

/** CPU of this thread since the call before, as a share of one core; the same again where that was less than half a second ago. */
export function followCpu(): () => number {
  let span = beginSpan();
  let cpuRatio = 0;
  return () => {
    if (monotonicUs() - span.startUs < SHORTEST_SPAN_US) return cpuRatio;
    cpuRatio = endSpan(span).cpuRatio;
    span = beginSpan();
    return cpuRatio;
  };
}

const SHORTEST_SPAN_US = 500_000;

interface Span {
  readonly startUs: number;
  readonly cpu: NodeJS.CpuUsage;
  readonly waitedNs: number | null;
}

function beginSpan(): Span {
  return { startUs: monotonicUs(), cpu: process.threadCpuUsage(), waitedNs: readRunQueueWaitNs() };
}

function endSpan(span: Span): { cpuRatio: number; starvedRatio: number | null } {
  const wallUs = Math.max(1, monotonicUs() - span.startUs);
  const cpu = process.threadCpuUsage(span.cpu);
  const waitedNs = readRunQueueWaitNs();
  const starvedRatio = waitedNs === null || span.waitedNs === null ? null : (waitedNs - span.waitedNs) / 1000 / wallUs;
  return { cpuRatio: (cpu.user + cpu.system) / wallUs, starvedRatio };
}

/** Time that the main thread was runnable and had no core, ns (Linux: second field of schedstat); null elsewhere. */
function readRunQueueWaitNs(): number | null {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]);
  } catch {
    return null;
  }
}

/** Size of the range from which the system takes them (Linux); null elsewhere. */
function countLocalPorts(): number | null {
  try {
    const [first, last] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1')
      .trim()
      .split(/\s+/)
      .map(Number);
    return last! - first! + 1;
  } catch {
    return null;
  }
}
