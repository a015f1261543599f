import { readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { monotonicUs } from '../clock.ts';
import { mostOf } from '../extremes.ts';
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

/** Watches the process that generates the load: a figure is only as good as the generator was free to send and read. */
export function observeHealth(): HealthObserver {
  // Now: once all are open, there is none left to read it from.
  const openFilesLimit = readOpenFilesLimit();
  let gcPauseUs = 0;
  let gcPauseMaxUs = 0;
  let bufferedBytesMax = 0;
  let span: Span | null = null;
  let usage = { cpuRatio: 0, starvedRatio: null as number | null };
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
      gc.observe({ entryTypes: ['gc'] });
    },
    stop() {
      if (span === null) return;
      usage = endSpan(span);
      span = null;
      notePauses(gc.takeRecords());
      gc.disconnect();
    },
    report(shard, perEndpoint) {
      return {
        shard,
        pid: process.pid,
        ...usage,
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
